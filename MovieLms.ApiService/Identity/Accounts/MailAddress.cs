using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;

namespace MovieLms.ApiService.Identity.Accounts;

/// <summary>E-mail addresses as people have them: one @, no quoting, no comments (a part of RFC 5321, section 4.1.2).</summary>
internal static class MailAddress
{
    private const int Longest = 254;
    private const int LongestLocalPart = 64;
    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    /// <summary>The form that is compared: composed, lower case, the domain in ASCII (RFC 5890).</summary>
    /// <returns>False when it is no address.</returns>
    internal static bool TryNormalize(string? text, out string normalized)
    {
        normalized = string.Empty;
        if (text is null || text.Length > Longest) return false;
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at < 1 || at > LongestLocalPart || at != text.LastIndexOf('@') || at == text.Length - 1) return false;
        var (local, domain) = (text[..at], text[(at + 1)..]);
        if (local[0] == '.' || local[^1] == '.' || local.Contains("..", StringComparison.Ordinal) || !local.All(IsLocal)) return false;
        try
        {
            var ascii = Idn.GetAscii(domain.Normalize(NormalizationForm.FormKC).ToLowerInvariant());
            if (ascii.Contains("..", StringComparison.Ordinal) || ascii[^1] == '.') return false;
            normalized = $"{local.Normalize(NormalizationForm.FormKC).ToLowerInvariant()}@{ascii}";
            return normalized.Length <= Longest;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static bool IsLocal(char c) => char.IsLetterOrDigit(c) || "!#$%&'*+-/=?^_`{|}~.".Contains(c, StringComparison.Ordinal);
}

/// <summary>Validates that a member is an e-mail address; leaves null to <see cref="RequiredAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class MailAddressAttribute() : ValidationAttribute("This is not an e-mail address.")
{
    public override bool IsValid(object? value) => value is null || (value is string text && MailAddress.TryNormalize(text, out _));
}

/// <summary>Validates that a text is one line without control or formatting characters, and not blank.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class OneLineAttribute() : ValidationAttribute("This must be one line of visible characters.")
{
    public override bool IsValid(object? value) =>
        value is null || (value is string text && !string.IsNullOrWhiteSpace(text) && text.EnumerateRunes().All(IsVisible));

    private static bool IsVisible(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
