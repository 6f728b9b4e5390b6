using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace MovieLms.ServiceDefaults.Hardening;

/// <summary>Response headers that restrict what browsers allow by default.</summary>
public static class SecurityHeaders
{
    private const string ReferrerPolicy = "Referrer-Policy";
    private static readonly StringValues NoSniff = "nosniff";
    private static readonly StringValues NoReferrer = "no-referrer";
    private static readonly StringValues NoStore = "no-store";
    private static readonly StringValues Deny = "DENY";
    private static readonly StringValues LoadNothing = "default-src 'none'; frame-ancestors 'none'";
    private static readonly StringValues NoFrames = "frame-ancestors 'none'";

    /// <summary>Sets the headers before the endpoint runs, so that the endpoint may replace them.</summary>
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
    /// Keeps responses to signed-in users out of all caches (RFC 9111, section 5.2.2.5). An endpoint with a response shared by all
    /// users replaces the header.
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

    /// <summary>Adds missing headers when a response starts. A proxied response already has those of its service.</summary>
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

    /// <summary>Adds the headers that the response does not have yet.</summary>
    public static void AddMissing(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.TryAdd("X-Content-Type-Options", NoSniff);
        headers.TryAdd(ReferrerPolicy, NoReferrer);
        headers.TryAdd("X-Frame-Options", Deny);
        headers.TryAdd("Content-Security-Policy", Policy(context));
    }

    /// <summary>Pages (reference, jobs, mail) need a policy of their own, but no page may be framed.</summary>
    private static StringValues Policy(HttpContext context) => context.Request.Path.StartsWithSegments("/api") ? LoadNothing : NoFrames;
}
