using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using MovieLms.ServiceDefaults.Hardening;

namespace MovieLms.ServiceDefaults.Access;

/// <summary>
/// Builds cookie names with the prefixes that make browsers reject a cookie set by another host or an unencrypted page (RFC 6265bis,
/// section 4.1.3). Development over HTTP uses plain names, because browsers would reject prefixed ones.
/// </summary>
public static class SecureCookies
{
    /// <summary>Returns whether clients reach the installation over HTTPS, so that cookie names get a prefix.</summary>
    public static bool AreEnabled(IConfiguration configuration) =>
        PublicUrl.Get(configuration).StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc cref="AreEnabled(IConfiguration)"/>
    public static bool AreEnabled(HttpContext http, IConfiguration configuration) => http.Request.IsHttps || AreEnabled(configuration);

    /// <summary>Returns the name of a cookie that the browser sends only to this host, for every path.</summary>
    public static string HostName(string name, bool isSecure) => isSecure ? "__Host-" + name : name;

    /// <summary>Returns the name of a cookie that is limited to a path.</summary>
    public static string GetName(string name, bool isSecure) => isSecure ? "__Secure-" + name : name;
}
