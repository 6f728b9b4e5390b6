using System.Globalization;
using System.Text;

namespace MovieLms.Data.Identity;

/// <summary>Normalizes e-mail addresses of the common form: one @, no quoting, no comments (a subset of RFC 5321, section 4.1.2).</summary>
public static class EmailAddress
{
    private const int MaxLength = 254;
    private const int MaxLocalPartLength = 64;
    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    /// <summary>Returns the form that is compared: composed (NFKC), in lower case, with the domain in ASCII (RFC 5890).</summary>
    /// <returns>False if the text is not an e-mail address.</returns>
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
