using System.Net;

namespace MovieLms.Web.Gateway;

/// <summary>Where a request comes from, judged by its connection and never by what it claims.</summary>
internal static class Forwarded
{
    /// <summary>True for a header by which proxies name a client.</summary>
    internal static bool IsForwardingHeader(string name) =>
        name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("X-Original-", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Forwarded", StringComparison.OrdinalIgnoreCase)
        || name.Equals("X-Real-IP", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// True for a visitor on this machine. A proxy on this machine makes every visitor look local, so a request with
    /// forwarding headers is not.
    /// </summary>
    internal static bool IsLocal(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && !http.Request.Headers.Keys.Any(IsForwardingHeader);
}
