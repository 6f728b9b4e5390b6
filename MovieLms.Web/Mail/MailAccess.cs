using MovieLms.ServiceDefaults.Hardening;
using MovieLms.Web.Access;
using MovieLms.Web.Gateway;

namespace MovieLms.Web.Mail;

/// <summary>
/// Restricts caught mail, which contains password reset links, to local users (in Development) and administrators.
/// </summary>
internal sealed class MailAccess(LocalCaller local, Administrators administrators, IConfiguration configuration)
{
    private readonly string[] _hosts = configuration.GetSection("Mail:AllowedHosts").Get<string[]>() ?? [];

    /// <summary>Returns whether the request comes from this machine and uses one of its host names.</summary>
    internal bool IsLocal(HttpContext http) => local.IsLocal(http, _hosts);

    internal async ValueTask<bool> IsAllowedAsync(HttpContext http) => IsLocal(http) || await administrators.IsAdministratorAsync(http);
}

/// <summary>Adds <see cref="MailAccess"/> to the proxy.</summary>
internal static class MailAccessExtensions
{
    internal static void UseMailAccess(this IReverseProxyApplicationBuilder pipeline)
    {
        var access = pipeline.ApplicationServices.GetRequiredService<MailAccess>();
        pipeline.Use(
            async (context, next) =>
            {
                if (context.GetReverseProxyFeature().Cluster.Config.ClusterId != GatewayRoutes.MailService)
                {
                    await next(context);
                    return;
                }
                if (!await access.IsAllowedAsync(context))
                {
                    context.Response.StatusCode = StatusCodes.Status404NotFound;
                    return;
                }
                context.Response.OnStarting(static state => AddSecurityHeadersAsync(((HttpContext)state).Response), context);
                await next(context);
            }
        );
    }

    private static Task AddSecurityHeadersAsync(HttpResponse response)
    {
        var headers = response.Headers;
        if (response.StatusCode < StatusCodes.Status400BadRequest)
            headers.TryAdd("Cache-Control", "no-store");
        // Some mail catchers show a message in a frame of their own origin.
        headers.TryAdd("X-Frame-Options", "SAMEORIGIN");
        headers.TryAdd("Content-Security-Policy", "frame-ancestors 'self'");
        return Task.CompletedTask;
    }
}
