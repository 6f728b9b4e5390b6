using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using MovieLms.ServiceDefaults.Hardening;

namespace MovieLms.ServiceDefaults.Access;

/// <summary>
/// Names of cookies with the prefixes by which browsers refuse a cookie that another host or an unencrypted page has set
/// (RFC 6265bis, section 4.1.3). Plain names are left for development over HTTP, where browsers would drop prefixed ones.
/// </summary>
public static class SecureCookies
{
    /// <summary>True if the installation is reached by HTTPS.</summary>
    public static bool AreEnabled(IConfiguration configuration) =>
        PublicUrl.Get(configuration).StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc cref="AreEnabled(IConfiguration)"/>
    public static bool AreEnabled(HttpContext http, IConfiguration configuration) => http.Request.IsHttps || AreEnabled(configuration);

    /// <summary>The name of a cookie that the browser sends to every path of this host alone.</summary>
    public static string HostName(string name, bool isSecure) => isSecure ? "__Host-" + name : name;

    /// <summary>The name of a cookie that is limited to a path.</summary>
    public static string GetName(string name, bool isSecure) => isSecure ? "__Secure-" + name : name;
}
