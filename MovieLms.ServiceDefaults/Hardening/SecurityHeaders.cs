using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace MovieLms.ServiceDefaults.Hardening;

/// <summary>The response headers that close what browsers would otherwise allow.</summary>
internal static class SecurityHeaders
{
    private const string ReferrerPolicy = "Referrer-Policy";
    private static readonly StringValues NoSniff = "nosniff";
    private static readonly StringValues NoReferrer = "no-referrer";
    private static readonly StringValues NoStore = "no-store";
    private static readonly StringValues Deny = "DENY";
    private static readonly StringValues LoadNothing = "default-src 'none'; frame-ancestors 'none'";
    private static readonly StringValues NoFrames = "frame-ancestors 'none'";

    /// <summary>Sets the headers before the endpoint runs, which may replace them.</summary>
    internal static void UseSecurityHeaders(this IApplicationBuilder app) =>
        app.Use(next =>
            context =>
            {
                var headers = context.Response.Headers;
                headers.XContentTypeOptions = NoSniff;
                headers[ReferrerPolicy] = NoReferrer;
                headers.XFrameOptions = Deny;
                headers.ContentSecurityPolicy = Policy(context);
                return next(context);
            }
        );

    /// <summary>
    /// Keeps what a signed-in user reads out of every cache (RFC 9111, section 5.2.2.5). An endpoint whose response all users share
    /// replaces the header.
    /// </summary>
    internal static void UseNoStore(this IApplicationBuilder app) =>
        app.Use(next =>
            context =>
            {
                if (context.User.Identity?.IsAuthenticated == true)
                    context.Response.Headers.CacheControl = NoStore;
                return next(context);
            }
        );

    /// <summary>Adds the headers that a response lacks when it starts: a proxied one has its service's already.</summary>
    internal static void UseMissingSecurityHeaders(this IApplicationBuilder app) =>
        app.Use(next =>
            context =>
            {
                context.Response.OnStarting(
                    static state =>
                    {
                        AddMissing((HttpContext)state);
                        return Task.CompletedTask;
                    },
                    context
                );
                return next(context);
            }
        );

    /// <summary>Adds the headers that a response lacks.</summary>
    internal static void AddMissing(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.TryAdd("X-Content-Type-Options", NoSniff);
        headers.TryAdd(ReferrerPolicy, NoReferrer);
        headers.TryAdd("X-Frame-Options", Deny);
        headers.TryAdd("Content-Security-Policy", Policy(context));
    }

    /// <summary>Pages (reference, jobs, mail) set or need a policy of their own; none of them belongs in a frame.</summary>
    private static StringValues Policy(HttpContext context) => context.Request.Path.StartsWithSegments("/api") ? LoadNothing : NoFrames;
}
