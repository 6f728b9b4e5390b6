using System.Text.RegularExpressions;

namespace MovieLms.Web.Chat;

/// <summary>A part of a message: plain text, or a link.</summary>
/// <param name="Text">The text as the author wrote it.</param>
/// <param name="Address">The address of a link; null for plain text.</param>
internal readonly record struct MessagePart(string Text, string? Address);

/// <summary>Finds the web addresses in the text of a message. <c>message-text.js</c> does the same.</summary>
internal static partial class MessageLinks
{
    private const string ClosingPunctuation = ".,;:!?'\"…";

    internal static IEnumerable<MessagePart> Split(string text)
    {
        var end = 0;
        foreach (Match match in Address().Matches(text))
        {
            var address = Trim(match.Value);
            if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
                continue;
            if (match.Index > end)
                yield return new MessagePart(text[end..match.Index], null);
            yield return new MessagePart(address, uri.AbsoluteUri);
            end = match.Index + address.Length;
        }
        if (end < text.Length)
            yield return new MessagePart(text[end..], null);
    }

    /// <summary>Removes the punctuation of the sentence around an address.</summary>
    private static string Trim(string address)
    {
        while (address.Length > 0)
        {
            var last = address[^1];
            var isUnbalanced =
                (last == ')' && address.Count(character => character == '(') < address.Count(character => character == ')'))
                || (last == ']' && !address.Contains('['));
            if (!isUnbalanced && !ClosingPunctuation.Contains(last))
                break;
            address = address[..^1];
        }
        return address;
    }

    [GeneratedRegex(@"\bhttps?://[^\s<>]+", RegexOptions.IgnoreCase)]
    private static partial Regex Address();
}
