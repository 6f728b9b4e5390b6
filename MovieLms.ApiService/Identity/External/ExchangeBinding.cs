using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using MovieLms.ApiService.Identity.Codes;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Identity.External;

/// <summary>
/// Binds the code from a provider sign-in to the client that began it, with the client's own challenge (RFC 7636, S256) or, without one,
/// with a cookie. A code that was stolen or planted in another browser is useless.
/// </summary>
internal sealed class ExchangeBinding(IConfiguration configuration)
{
    /// <summary>The key of the binding in the provider's state.</summary>
    internal const string Item = "movielms.binding";
    private const string CookieName = "movielms-sign-in";
    private const string Method = "S256";
    private const int ChallengeLength = 43;
    private const int MinVerifierLength = 43;
    private const int MaxVerifierLength = 128;
    private static readonly TimeSpan CookieLifetime = TimeSpan.FromMinutes(15);

    /// <summary>Returns the binding for a new sign-in. Sets the cookie if the client sent no challenge.</summary>
    /// <exception cref="InvalidInputException">The challenge is malformed or uses another method.</exception>
    internal string Begin(HttpContext http, string? challenge, string? method)
    {
        if (challenge is null && method is not null)
            throw new InvalidInputException("code_challenge", "`code_challenge_method` requires a `code_challenge`.");
        if (challenge is null)
            return FromCookie(SetCookie(http));
        if (method != Method)
            throw new InvalidInputException("code_challenge_method", "`code_challenge_method` must be `S256`.");
        return challenge.Length == ChallengeLength && Base64Url.IsValid(challenge)
            ? FromChallenge(challenge)
            : throw new InvalidInputException(
                "code_challenge",
                "`code_challenge` must be the SHA-256 of the verifier in base64url: 43 characters."
            );
    }

    /// <summary>Returns true if the client that exchanges a code is the one that began the sign-in.</summary>
    internal bool IsSatisfied(HttpContext http, string? binding, string? verifier)
    {
        if (binding is null)
            return false;
        if (verifier is null)
            return http.Request.Cookies[GetName(http)] is { } cookie && SecretText.AreEqual(binding, FromCookie(cookie));
        return verifier.Length is >= MinVerifierLength and <= MaxVerifierLength
            && SecretText.AreEqual(binding, FromChallenge(Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))));
    }

    /// <summary>Sets the cookie. A browser reuses one value for all its sign-ins, so that two tabs do not interfere.</summary>
    private string SetCookie(HttpContext http)
    {
        var current = http.Request.Cookies[GetName(http)];
        var value = current is { Length: ChallengeLength } && Base64Url.IsValid(current) ? current : SecretText.Token();
        http.Response.Cookies.Append(
            GetName(http),
            value,
            new CookieOptions
            {
                // Lax, because the browser returns through a link on the provider's site.
                HttpOnly = true,
                SameSite = SameSiteMode.Lax,
                Secure = SecureCookies.AreEnabled(http, configuration),
                Path = "/",
                MaxAge = CookieLifetime,
            }
        );
        return value;
    }

    private string GetName(HttpContext http) => SecureCookies.HostName(CookieName, SecureCookies.AreEnabled(http, configuration));

    private static string FromCookie(string value) => $"cookie:{SecretText.Hash(value)}";

    private static string FromChallenge(string challenge) => $"{Method}:{challenge}";
}
