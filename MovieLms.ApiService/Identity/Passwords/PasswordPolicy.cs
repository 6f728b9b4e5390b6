using System.Globalization;
using Microsoft.Extensions.Options;
using MovieLms.ApiService.Identity.Settings;

namespace MovieLms.ApiService.Identity.Passwords;

/// <summary>
/// Which passwords are taken: long enough and hard to guess, with no rules of composition (NIST SP 800-63B, section 3.1.1.2).
/// </summary>
internal sealed class PasswordPolicy(CommonPasswords common, IOptions<AuthOptions> options)
{
    internal const int MinLength = 10;
    internal const int MaxLength = 128;
    private const string ProductName = "movielms";

    /// <summary>Shorter names and addresses are bound to occur in good passwords by chance.</summary>
    private const int MinPersonalLength = 4;
    private readonly string[] _words = [ProductName, .. options.Value.ForbiddenPasswordWords.Select(Comparable)];

    /// <summary>Returns what is wrong with a new password; null if it is accepted.</summary>
    internal string? Problem(string password, string username, string email)
    {
        var length = new StringInfo(password).LengthInTextElements;
        if (length < MinLength)
            return $"A password has at least {MinLength} characters.";
        if (password.Length > MaxLength)
            return $"A password has at most {MaxLength} characters.";
        var lower = Comparable(password);
        if (Personal(username, email).Any(part => part.Length >= MinPersonalLength && lower.Contains(part, StringComparison.Ordinal)))
            return "The password contains the name or the e-mail address.";
        var spelled = CommonPasswords.Spelled(lower);
        if (_words.Any(word => lower.Contains(word, StringComparison.Ordinal) || spelled.Contains(word, StringComparison.Ordinal)))
            return "The password contains the name of the product or of the school.";
        return common.Contains(lower) ? "The password is one of the common ones that are tried first." : null;
    }

    private static string Comparable(string text) => PasswordHasher.Normalized(text).ToLowerInvariant();

    private static IEnumerable<string> Personal(string username, string email)
    {
        yield return username.ToLowerInvariant();
        yield return email.ToLowerInvariant();
        yield return email.ToLowerInvariant().Split('@')[0];
    }
}
