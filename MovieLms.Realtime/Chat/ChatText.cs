using System.Text;
using MovieLms.Data.Chat;
using MovieLms.Realtime.Contracts;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.Realtime.Chat;

/// <summary>
/// Checks what clients write. Text is kept as it is typed, but composed (Unicode NFC), with <c>\n</c> as its only line end.
/// </summary>
internal static class ChatText
{
    /// <summary>The text as it is stored.</summary>
    /// <exception cref="Microsoft.AspNetCore.SignalR.HubException">It is no text of a message.</exception>
    internal static string Message(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            throw ChatErrors.Invalid("text", "A message must not be blank.");
        // Before composing, which is costly and at most shortens: nothing allowed is longer than its bound in either form by this much.
        if (text.Length > ChatLimits.Text * 4)
            throw TooLong();
        var plain = text.ReplaceLineEndings("\n");
        if (!PlainText.IsLines(plain))
            throw ChatErrors.Invalid("text", "Control characters are not allowed, but for line breaks and tabs.");
        if (!IsWellFormed(plain))
            throw ChatErrors.Invalid("text", "It is not well-formed Unicode.");
        plain = plain.Normalize(NormalizationForm.FormC);
        return plain.Length <= ChatLimits.Text ? plain : throw TooLong();
    }

    /// <summary>The client's own message id.</summary>
    internal static string ClientId(string? id) =>
        id is { Length: > 0 and <= ChatLimits.ClientMessageId } && id.All(character => character is > ' ' and < '\x7f')
            ? id
            : throw ChatErrors.Invalid("clientMessageId", $"1 to {ChatLimits.ClientMessageId} visible ASCII characters are asked for.");

    private static Microsoft.AspNetCore.SignalR.HubException TooLong() =>
        ChatErrors.Invalid("text", $"A message has at most {ChatLimits.Text} characters.");

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            // Not characters, and normalization throws at the first.
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
