using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.Web.Session;

/// <summary>
/// The cookie with the key of a session: 256 random bits that scripts cannot read. It is sent with links from other sites
/// (<c>SameSite=Lax</c>): with <c>Strict</c>, a visitor who opens a link of a mail would appear signed out.
/// </summary>
internal sealed class SessionCookie(IConfiguration configuration)
{
    private const string Name = "movielms-session";
    private const int KeyBytes = 32;
    private const int KeyLength = 43;

    /// <summary>Returns the key that the browser sent; null if there is none.</summary>
    internal string? Read(HttpContext http) =>
        http.Request.Cookies[GetName(http)] is { Length: KeyLength } key && Base64Url.IsValid(key) ? key : null;

    /// <summary>Creates a key and sends it to the browser. The cookie ends with the browser's session.</summary>
    internal string Create(HttpContext http)
    {
        var key = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(KeyBytes));
        http.Response.Cookies.Append(GetName(http), key, GetOptions(http));
        return key;
    }

    /// <summary>Removes the cookie from the browser.</summary>
    internal void Delete(HttpContext http) => http.Response.Cookies.Delete(GetName(http), GetOptions(http));

    /// <summary>Removes the cookie from a request, because services must not receive it.</summary>
    internal void Remove(HttpContext http)
    {
        var prefix = GetName(http) + "=";
        var kept = http
            .Request.Headers.Cookie.SelectMany(header => (header ?? "").Split(';', StringSplitOptions.TrimEntries))
            .Where(cookie => cookie.Length > 0 && !cookie.StartsWith(prefix, StringComparison.Ordinal));
        http.Request.Headers.Cookie = string.Join("; ", kept) is { Length: > 0 } header ? header : default(StringValues);
    }

    /// <summary>Returns the hash by which a session is stored. The key is random, so a slow hash would add nothing.</summary>
    internal static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(key)));

    private CookieOptions GetOptions(HttpContext http) =>
        new()
        {
            HttpOnly = true,
            IsEssential = true,
            SameSite = SameSiteMode.Lax,
            Secure = SecureCookies.AreEnabled(http, configuration),
            Path = "/",
        };

    private string GetName(HttpContext http) => SecureCookies.HostName(Name, SecureCookies.AreEnabled(http, configuration));
}
