using Microsoft.Extensions.Primitives;
using MovieLms.Application.Access;
using MovieLms.ServiceDefaults.Hardening;

namespace MovieLms.Standalone.Mail;

/// <summary>
/// Decides who may read caught mail, which contains links that reset passwords: people at this machine, in Development, and administrators.
/// Everyone else gets 404. A gateway on this machine decides for its visitors, and reports none of them.
/// </summary>
/// <param name="hosts">Host names allowed in addition to the loopback ones (<c>Mail:AllowedHosts</c>).</param>
internal sealed class MailAccess(IReadOnlyCollection<string> hosts) : IEndpointFilter
{
    private const StringSplitOptions Trimmed = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (!IsHere(http) && !http.User.Can(Permissions.UsersManage))
            return TypedResults.NotFound();
        http.Response.Headers.CacheControl = "no-store";
        return await next(context);
    }

    private bool IsHere(HttpContext http) =>
        http.RequestServices.GetRequiredService<LocalCaller>().IsLocal(http, hosts)
        && Values(http.Request.Headers["X-Forwarded-Host"])
            .All(host => LocalCaller.IsLocalHost(HostString.FromUriComponent(host).Host, hosts));

    private static IEnumerable<string> Values(StringValues header) =>
        header.SelectMany(value => (value ?? string.Empty).Split(',', Trimmed));
}
