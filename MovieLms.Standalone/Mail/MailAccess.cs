using System.Net;
using Microsoft.Extensions.Primitives;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.Standalone.Mail;

/// <summary>
/// Decides who may read caught mail, which contains links that reset passwords: people at this machine, and administrators. Everyone
/// else gets 404.
/// </summary>
/// <param name="hosts">Host names allowed in addition to the loopback ones (<c>Mail:AllowedHosts</c>).</param>
/// <param name="isBehindGateway">True if requests come through a gateway on this machine, which reports the client's address.</param>
internal sealed class MailAccess(IReadOnlyCollection<string> hosts, bool isBehindGateway) : IEndpointFilter
{
    private const StringSplitOptions Trimmed = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (!IsHere(http) && !http.User.Can(Permissions.UsersManage)) return TypedResults.NotFound();
        http.Response.Headers.CacheControl = "no-store";
        return await next(context);
    }

    private bool IsHere(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && IsForwardedFromHere(http.Request.Headers)
        // A page elsewhere can point its own name at 127.0.0.1 (DNS rebinding), but it cannot send another name.
        && IsAllowed(http.Request.Host.Host)
        && Values(http.Request.Headers["X-Forwarded-Host"]).All(host => IsAllowed(HostString.FromUriComponent(host).Host));

    private bool IsForwardedFromHere(IHeaderDictionary headers)
    {
        // A proxy on this machine makes every visitor look local.
        if (headers.ContainsKey("Forwarded")) return false;
        if (!isBehindGateway) return !headers.ContainsKey("X-Forwarded-For");
        return Values(headers["X-Forwarded-For"]).All(value => IPAddress.TryParse(value, out var client) && IPAddress.IsLoopback(client));
    }

    private bool IsAllowed(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address))
        || hosts.Contains(host, StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<string> Values(StringValues header) =>
        header.SelectMany(value => (value ?? string.Empty).Split(',', Trimmed));
}
