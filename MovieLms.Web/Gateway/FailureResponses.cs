using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace MovieLms.Web.Gateway;

/// <summary>
/// Handles services that fail to respond. A read is retried on another instance, and any other request gets a problem document. A
/// request that may write is never sent twice.
/// </summary>
internal static class FailureResponses
{
    private const string RetryAfterSeconds = "2";

    internal static void UseFailureResponses(this IReverseProxyApplicationBuilder pipeline) =>
        pipeline.Use(
            async (context, next) =>
            {
                // An empty 404 from a service is passed on unchanged.
                var statusPages = context.Features.Get<IStatusCodePagesFeature>();
                if (statusPages is not null)
                    statusPages.Enabled = false;
                await next(context);
                var proxy = context.GetReverseProxyFeature();
                List<DestinationState>? failed = null;
                while (TryPrepareRetry(context, proxy, ref failed))
                    await next(context);
                if (context.Response.HasStarted || context.RequestAborted.IsCancellationRequested)
                    return;
                if (context.GetForwarderErrorFeature() is null && proxy.ProxiedDestination is not null)
                    return;
                if (context.Response.StatusCode >= StatusCodes.Status500InternalServerError)
                    await WriteProblemAsync(context);
                else if (statusPages is not null)
                    statusPages.Enabled = true;
            }
        );

    private static bool TryPrepareRetry(HttpContext context, IReverseProxyFeature proxy, ref List<DestinationState>? failed)
    {
        if (context.GetForwarderErrorFeature() is not { Error: ForwarderError.Request })
            return false;
        if (context.Response.HasStarted || context.RequestAborted.IsCancellationRequested || !IsSafe(context.Request.Method))
            return false;
        if (proxy.ProxiedDestination is not { } destination)
            return false;
        (failed ??= []).Add(destination);
        var others = proxy.AllDestinations.Except(failed).ToList();
        if (others.Count == 0)
            return false;
        var healthy = others.Where(IsHealthy).ToList();
        proxy.AvailableDestinations = healthy.Count > 0 ? healthy : others;
        context.Features.Set<IForwarderErrorFeature>(null);
        context.Response.StatusCode = StatusCodes.Status200OK;
        return true;
    }

    private static bool IsHealthy(DestinationState destination) =>
        destination.Health is { Active: not DestinationHealth.Unhealthy, Passive: not DestinationHealth.Unhealthy };

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private static async Task WriteProblemAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = RetryAfterSeconds;
        await context
            .RequestServices.GetRequiredService<IProblemDetailsService>()
            .TryWriteAsync(
                new ProblemDetailsContext
                {
                    HttpContext = context,
                    ProblemDetails = new ProblemDetails
                    {
                        Status = context.Response.StatusCode,
                        Title = "The service is unavailable",
                        Detail = IsSafe(context.Request.Method)
                            ? "Try again shortly."
                            : "The request may have been processed. Try again with the same Idempotency-Key, or read the current state first.",
                    },
                }
            );
    }
}
