using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace MovieLms.ServiceDefaults.Hardening;

/// <summary>
/// Recognizes people and programs on this machine, who have rights of their own in Development and in no other environment. Decided by the
/// connection, or by the address that a configured proxy reports, and never by what the caller claims.
/// </summary>
public sealed class LocalCaller(IHostEnvironment environment)
{
    /// <summary>Returns whether a request comes from this machine, in Development.</summary>
    /// <param name="http">The request.</param>
    /// <param name="hosts">Host names allowed in addition to the loopback ones.</param>
    public bool IsLocal(HttpContext http, params IEnumerable<string> hosts) =>
        environment.IsDevelopment()
        && http.Connection.RemoteIpAddress is { } address
        && IPAddress.IsLoopback(address)
        // A proxy on this machine that is not configured makes every visitor look local.
        && !http.Request.Headers.Keys.Any(IsClientHeader)
        // A page elsewhere can point its own name at 127.0.0.1 (DNS rebinding), but it cannot send another name.
        && IsLocalHost(http.Request.Host.Host, hosts);

    /// <summary>Returns whether a name leads to this machine.</summary>
    public static bool IsLocalHost(string host, IEnumerable<string> hosts) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address))
        || hosts.Contains(host, StringComparer.OrdinalIgnoreCase);

    /// <summary>Returns whether proxies describe their client in a header of this name.</summary>
    public static bool IsForwardingHeader(string name) =>
        name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("X-Original-", StringComparison.OrdinalIgnoreCase)
        || IsClientHeader(name);

    /// <summary>
    /// Headers in which an unknown proxy reports its client. What the middleware of a configured proxy leaves (X-Original-For) and what
    /// only
    /// describes the request (X-Forwarded-Host) do not count.
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
