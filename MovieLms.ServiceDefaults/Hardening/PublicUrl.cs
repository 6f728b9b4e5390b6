using Microsoft.Extensions.Configuration;

namespace MovieLms.ServiceDefaults.Hardening;

/// <summary>
/// The public address of this installation (<c>PublicUrl</c>). Links in mail use it, never a request's Host header: an attacker who
/// triggers a mail to another user could choose that header.
/// </summary>
public static class PublicUrl
{
    private const string Default = "http://localhost:5400";

    /// <summary>Returns the public address without a trailing slash.</summary>
    public static string Get(IConfiguration configuration) =>
        (configuration["PublicUrl"] is { Length: > 0 } url ? url : Default).TrimEnd('/');
}
