using System.Globalization;
using Microsoft.Extensions.Options;
using MovieLms.ApiService.Identity.Settings;

namespace MovieLms.ApiService.Identity.Passwords;

/// <summary>
/// Requires passwords to be long enough and hard to guess, without composition rules (NIST SP 800-63B, section 3.1.1.2).
/// </summary>
internal sealed class PasswordPolicy(CommonPasswords common, IOptions<AuthOptions> options)
{
    internal const int MinLength = 10;
    internal const int MaxLength = 128;
    private const string ProductName = "movielms";

    /// <summary>Shorter names and addresses occur in good passwords by chance.</summary>
    private const int MinPersonalLength = 4;
    private readonly string[] _words = [ProductName, .. options.Value.ForbiddenPasswordWords.Select(Simplify)];

    /// <summary>Returns the reason for rejecting a new password, or null if it is accepted.</summary>
    internal string? FindProblem(string password, string username, string email)
    {
        var length = new StringInfo(password).LengthInTextElements;
        if (length < MinLength)
            return $"A password must have at least {MinLength} characters.";
        if (password.Length > MaxLength)
            return $"A password must have at most {MaxLength} characters.";
        var lower = Simplify(password);
        if (ListPersonal(username, email).Any(part => part.Length >= MinPersonalLength && lower.Contains(part, StringComparison.Ordinal)))
            return "The password must not contain the user name or the e-mail address.";
        var letters = CommonPasswords.ReplaceLookalikes(lower);
        if (_words.Any(word => lower.Contains(word, StringComparison.Ordinal) || letters.Contains(word, StringComparison.Ordinal)))
            return "The password must not contain the name of the product or of the school.";
        return common.Contains(lower) ? "The password is on the list of common passwords." : null;
    }

    private static string Simplify(string text) => PasswordHasher.Normalize(text).ToLowerInvariant();

    private static IEnumerable<string> ListPersonal(string username, string email)
    {
        yield return username.ToLowerInvariant();
        yield return email.ToLowerInvariant();
        yield return email.ToLowerInvariant().Split('@')[0];
    }
}
