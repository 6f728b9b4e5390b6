using System.Net;
using Microsoft.Extensions.Primitives;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Hardening;

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
        (isBehindGateway ? IsGatewayFromHere(http) : http.RequestServices.GetRequiredService<LocalCaller>().IsLocal(http, hosts))
        && Values(http.Request.Headers["X-Forwarded-Host"]).All(host => IsAllowed(HostString.FromUriComponent(host).Host));

    /// <summary>The gateway on this machine has decided who may read. What it reports of its client must not contradict it.</summary>
    private bool IsGatewayFromHere(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && !http.Request.Headers.ContainsKey("Forwarded")
        && IsAllowed(http.Request.Host.Host)
        && Values(http.Request.Headers["X-Forwarded-For"]).All(value => IPAddress.TryParse(value, out var client) && IPAddress.IsLoopback(client));

    private bool IsAllowed(string host) => LocalCaller.IsLocalHost(host, hosts);

    private static IEnumerable<string> Values(StringValues header) =>
        header.SelectMany(value => (value ?? string.Empty).Split(',', Trimmed));
}
