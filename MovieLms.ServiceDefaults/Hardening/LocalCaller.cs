using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace MovieLms.ServiceDefaults.Hardening;

/// <summary>
/// Recognizes callers on this machine, who have additional rights in Development only. The decision uses the connection's address, or
/// the one that a configured proxy reports, and never a claim of the caller.
/// </summary>
public sealed class LocalCaller(IHostEnvironment environment)
{
    /// <summary>Returns whether a request comes from this machine, in Development.</summary>
    /// <remarks><paramref name="hosts"/> are host names allowed in addition to the loopback ones.</remarks>
    public bool IsLocal(HttpContext http, params IEnumerable<string> hosts) =>
        environment.IsDevelopment()
        && http.Connection.RemoteIpAddress is { } address
        && IPAddress.IsLoopback(address)
        // Behind a proxy on this machine that is not configured, every visitor would look local.
        && !http.Request.Headers.Keys.Any(IsClientHeader)
        // A remote page can point its own host name at 127.0.0.1 (DNS rebinding), but cannot send another name.
        && IsLocalHost(http.Request.Host.Host, hosts);

    /// <summary>Returns whether a host name is a loopback name or one of <paramref name="hosts"/>.</summary>
    public static bool IsLocalHost(string host, IEnumerable<string> hosts) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address))
        || hosts.Contains(host, StringComparer.OrdinalIgnoreCase);

    /// <summary>Returns whether proxies use a header of this name to describe their client.</summary>
    public static bool IsForwardingHeader(string name) =>
        name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("X-Original-", StringComparison.OrdinalIgnoreCase)
        || IsClientHeader(name);

    /// <summary>
    /// Returns whether an unknown proxy reports its client in this header. X-Original-For, which the middleware leaves behind for a
    /// configured proxy, and X-Forwarded-Host, which describes only the request, do not count.
    /// </summary>
    private static bool IsClientHeader(string name) =>
        name.Equals("X-Forwarded-For", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Forwarded", StringComparison.OrdinalIgnoreCase)
        || name.Equals("X-Real-IP", StringComparison.OrdinalIgnoreCase)
        || name.Equals("X-Client-IP", StringComparison.OrdinalIgnoreCase)
        || name.Equals("CF-Connecting-IP", StringComparison.OrdinalIgnoreCase)
        || name.Equals("True-Client-IP", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Via", StringComparison.OrdinalIgnoreCase);
}
