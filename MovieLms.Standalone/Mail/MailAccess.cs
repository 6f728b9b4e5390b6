using Microsoft.Extensions.Primitives;
using MovieLms.Application.Access;
using MovieLms.ServiceDefaults.Hardening;

namespace MovieLms.Standalone.Mail;

/// <summary>
/// Restricts caught mail, which contains password reset links, to local users (in Development) and administrators. Other callers get
/// 404. A gateway on this machine makes this decision for its own callers and forwards no caller addresses.
/// </summary>
/// <param name="hosts">Host names allowed in addition to the loopback ones (<c>Mail:AllowedHosts</c>).</param>
internal sealed class MailAccess(IReadOnlyCollection<string> hosts) : IEndpointFilter
{
    private const StringSplitOptions Trimmed = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (!IsLocal(http) && !http.User.Can(Permissions.UsersManage))
            return TypedResults.NotFound();
        http.Response.Headers.CacheControl = "no-store";
        return await next(context);
    }

    private bool IsLocal(HttpContext http) =>
        http.RequestServices.GetRequiredService<LocalCaller>().IsLocal(http, hosts)
        && SplitValues(http.Request.Headers["X-Forwarded-Host"])
            .All(host => LocalCaller.IsLocalHost(HostString.FromUriComponent(host).Host, hosts));

    private static IEnumerable<string> SplitValues(StringValues header) =>
        header.SelectMany(value => (value ?? string.Empty).Split(',', Trimmed));
}
