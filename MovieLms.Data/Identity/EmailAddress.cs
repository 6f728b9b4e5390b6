using System.Globalization;
using System.Text;

namespace MovieLms.Data.Identity;

/// <summary>E-mail addresses as people have them: one @, no quoting, no comments (a part of RFC 5321, section 4.1.2).</summary>
public static class EmailAddress
{
    private const int MaxLength = 254;
    private const int MaxLocalPartLength = 64;
    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    /// <summary>The form that is compared: composed, lower case, the domain in ASCII (RFC 5890).</summary>
    /// <returns>False when it is no address.</returns>
    public static bool TryNormalize(string? text, out string normalized)
    {
        normalized = string.Empty;
        if (text is null || text.Length > MaxLength)
            return false;
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at < 1 || at > MaxLocalPartLength || at != text.LastIndexOf('@') || at == text.Length - 1)
            return false;
        var (local, domain) = (text[..at], text[(at + 1)..]);
        if (local[0] == '.' || local[^1] == '.' || local.Contains("..", StringComparison.Ordinal) || !local.All(IsLocal))
            return false;
        try
        {
            var ascii = Idn.GetAscii(domain.Normalize(NormalizationForm.FormKC).ToLowerInvariant());
            if (ascii.Contains("..", StringComparison.Ordinal) || ascii[^1] == '.')
                return false;
            normalized = $"{local.Normalize(NormalizationForm.FormKC).ToLowerInvariant()}@{ascii}";
            return normalized.Length <= MaxLength;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static bool IsLocal(char c) => char.IsLetterOrDigit(c) || "!#$%&'*+-/=?^_`{|}~.".Contains(c, StringComparison.Ordinal);
}
