using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using MovieLms.ApiService.Identity.Codes;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Identity.External;

/// <summary>
/// Binds the code that a sign-in at a provider ends with to the client that began it: by a challenge of the client's own
/// (RFC 7636, S256) or, without one, by a cookie. A code that was stolen, or slipped to another browser, is worth nothing.
/// </summary>
internal sealed class ExchangeBinding(IConfiguration configuration)
{
    /// <summary>The member of the provider's state that carries the binding.</summary>
    internal const string Item = "movielms.binding";
    private const string CookieName = "movielms-sign-in";
    private const string Method = "S256";
    private const int ChallengeLength = 43;
    private const int MinVerifierLength = 43;
    private const int MaxVerifierLength = 128;
    private static readonly TimeSpan CookieLifetime = TimeSpan.FromMinutes(15);

    /// <summary>Returns the binding of a sign-in that begins; sets the cookie if the client gave no challenge.</summary>
    /// <exception cref="InvalidInputException">The challenge is malformed or of another method.</exception>
    internal string Begin(HttpContext http, string? challenge, string? method)
    {
        if (challenge is null && method is not null)
            throw new InvalidInputException("code_challenge", "`code_challenge_method` needs a `code_challenge`.");
        if (challenge is null)
            return OfCookie(SetCookie(http));
        if (method != Method)
            throw new InvalidInputException("code_challenge_method", "`code_challenge_method` must be `S256`.");
        return challenge.Length == ChallengeLength && Base64Url.IsValid(challenge)
            ? OfChallenge(challenge)
            : throw new InvalidInputException(
                "code_challenge",
                "`code_challenge` must be the SHA-256 of the verifier in base64url: 43 characters."
            );
    }

    /// <summary>True if the client that exchanges a code is the one that began the sign-in.</summary>
    internal bool IsMet(HttpContext http, string? binding, string? verifier)
    {
        if (binding is null)
            return false;
        if (verifier is null)
            return http.Request.Cookies[Name(http)] is { } cookie && SecretText.AreEqual(binding, OfCookie(cookie));
        return verifier.Length is >= MinVerifierLength and <= MaxVerifierLength
            && SecretText.AreEqual(binding, OfChallenge(Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))));
    }

    /// <summary>The browser keeps one value for all its sign-ins, so that two tabs do not disturb each other.</summary>
    private string SetCookie(HttpContext http)
    {
        var known = http.Request.Cookies[Name(http)];
        var value = known is { Length: ChallengeLength } && Base64Url.IsValid(known) ? known : SecretText.Token();
        http.Response.Cookies.Append(
            Name(http),
            value,
            new CookieOptions
            {
                // Lax: the browser comes back by a link from the provider's site.
                HttpOnly = true,
                SameSite = SameSiteMode.Lax,
                Secure = SecureCookies.AreUsed(http, configuration),
                Path = "/",
                MaxAge = CookieLifetime,
            }
        );
        return value;
    }

    private string Name(HttpContext http) => SecureCookies.HostName(CookieName, SecureCookies.AreUsed(http, configuration));

    private static string OfCookie(string value) => $"cookie:{SecretText.Hash(value)}";

    private static string OfChallenge(string challenge) => $"{Method}:{challenge}";
}
