using System.Text;
using MovieLms.Data.Chat;
using MovieLms.Realtime.Contracts;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.Realtime.Chat;

/// <summary>
/// Validates text from clients. Text is stored as typed, except that it is composed (Unicode NFC) and its line ends are <c>\n</c>.
/// </summary>
internal static class ChatText
{
    /// <summary>Returns a message's text in the form in which it is stored.</summary>
    /// <exception cref="Microsoft.AspNetCore.SignalR.HubException">The text is not valid.</exception>
    internal static string Message(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            throw ChatErrors.Invalid("text", "A message must not be blank.");
        // Checked before normalization, which is costly and never shortens a text to less than a quarter.
        if (text.Length > ChatLimits.Text * 4)
            throw TooLong();
        var plain = text.ReplaceLineEndings("\n");
        if (!PlainText.IsAllowedMultiline(plain))
            throw ChatErrors.Invalid("text", "Control characters other than line breaks and tabs are not allowed.");
        if (!IsWellFormed(plain))
            throw ChatErrors.Invalid("text", "The text is not well-formed Unicode.");
        plain = plain.Normalize(NormalizationForm.FormC);
        return plain.Length <= ChatLimits.Text ? plain : throw TooLong();
    }

    /// <summary>Returns the client's own message ID.</summary>
    /// <exception cref="Microsoft.AspNetCore.SignalR.HubException">The ID is not valid.</exception>
    internal static string ClientId(string? id) =>
        id is { Length: > 0 and <= ChatLimits.ClientMessageId } && id.All(character => character is > ' ' and < '\x7f')
            ? id
            : throw ChatErrors.Invalid("clientMessageId", $"It must have 1 to {ChatLimits.ClientMessageId} visible ASCII characters.");

    private static Microsoft.AspNetCore.SignalR.HubException TooLong() =>
        ChatErrors.Invalid("text", $"A message must have at most {ChatLimits.Text} characters.");

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            // Noncharacters; normalization throws on U+FFFE.
            if (text[i] is '\ufffe' or '\uffff')
                return false;
            if (!char.IsSurrogate(text[i]))
                continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[++i]))
                return false;
        }
        return true;
    }
}
