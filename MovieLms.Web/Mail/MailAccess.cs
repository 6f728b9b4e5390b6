using System.Text.Json;
using MovieLms.ServiceDefaults.Access;
using MovieLms.Web.Gateway;

namespace MovieLms.Web.Mail;

/// <summary>Caught mail holds reset links: it is for visitors on this machine and for administrators, and a 404 for the rest.</summary>
internal sealed class MailAccess(IHttpClientFactory clients)
{
    private static readonly Uri Caller = new("https+http://apiservice/api/auth/me");

    internal async Task<bool> IsAllowedAsync(HttpContext http) => Forwarded.IsLocal(http) || await IsAdministratorAsync(http);

    /// <summary>Asks the API, which knows also whether the token was revoked.</summary>
    private async Task<bool> IsAdministratorAsync(HttpContext http)
    {
        if (BearerToken.Of(http.Request) is not { } token) return false;
        using var client = clients.CreateClient(nameof(MailAccess));
        using var request = new HttpRequestMessage(HttpMethod.Get, Caller);
        request.Headers.Authorization = new("Bearer", token);
        using var response = await client.SendAsync(request, http.RequestAborted);
        if (!response.IsSuccessStatusCode) return false;
        var caller = await response.Content.ReadFromJsonAsync<JsonElement>(http.RequestAborted);
        return Permissions.IsGranted(caller.GetProperty("role").GetString() ?? "", Permissions.UsersManage);
    }
}

/// <summary>Adds <see cref="MailAccess"/> to the proxy.</summary>
internal static class MailAccessExtensions
{
    internal static void UseMailAccess(this IReverseProxyApplicationBuilder pipeline)
    {
        var access = pipeline.ApplicationServices.GetRequiredService<MailAccess>();
        pipeline.Use(async (context, next) =>
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
            context.Response.OnStarting(static state => Protect(((HttpContext)state).Response), context);
            await next(context);
        });
    }

    private static Task Protect(HttpResponse response)
    {
        var headers = response.Headers;
        if (response.StatusCode < StatusCodes.Status400BadRequest) headers.TryAdd("Cache-Control", "no-store");
        // Some mail catchers show a mail in a frame of their own origin.
        headers.TryAdd("X-Frame-Options", "SAMEORIGIN");
        headers.TryAdd("Content-Security-Policy", "frame-ancestors 'self'");
        return Task.CompletedTask;
    }
}
