using System.Globalization;

namespace MovieLms.ApiService.Identity.Passwords;

/// <summary>Which passwords are taken: long enough, and not to be guessed; no rules of composition (NIST SP 800-63B, section 3.1.1.2).</summary>
internal sealed class PasswordPolicy(CommonPasswords common)
{
    internal const int Shortest = 10;
    internal const int Longest = 128;
    /// <summary>Shorter names and addresses are bound to occur in good passwords by chance.</summary>
    private const int ShortestPersonalPart = 4;

    /// <summary>What is wrong with a new password; null when it is good.</summary>
    internal string? Problem(string password, string username, string email)
    {
        var length = new StringInfo(password).LengthInTextElements;
        if (length < Shortest) return $"A password has at least {Shortest} characters.";
        if (password.Length > Longest) return $"A password has at most {Longest} characters.";
        var lower = PasswordHasher.Normalized(password).ToLowerInvariant();
        if (Personal(username, email).Any(part => part.Length >= ShortestPersonalPart && lower.Contains(part, StringComparison.Ordinal)))
            return "The password holds the name or the e-mail address.";
        return common.Contains(lower) ? "The password is one of the common ones that are tried first." : null;
    }

    private static IEnumerable<string> Personal(string username, string email)
    {
        yield return username.ToLowerInvariant();
        yield return email.ToLowerInvariant();
        yield return email.ToLowerInvariant().Split('@')[0];
    }
}
