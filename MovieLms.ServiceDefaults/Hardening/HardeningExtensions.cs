using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MovieLms.ServiceDefaults.Hardening;

/// <summary>
/// Secure defaults for browsers and proxies: security headers, HTTPS outside Development, no other origins unless
/// <c>Cors:Origins</c> lists them, and no forwarded addresses unless <c>ForwardedHeaders:Proxies</c> lists the proxy.
/// </summary>
internal static class HardeningExtensions
{
    private const string ProxiesSection = "ForwardedHeaders:Proxies";
    private const string OriginsSection = "Cors:Origins";
    private const string ForwardedScheme = "X-Original-Proto";

    /// <summary>Applies to headers only. The server's default data rates limit slow bodies and slow readers.</summary>
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long browsers remember the answer to a preflight request. They limit it themselves, to two hours or less.</summary>
    private static readonly TimeSpan PreflightMaxAge = TimeSpan.FromHours(1);

    /// <summary>The headers that scripts of other origins may read: those of the API document.</summary>
    private static readonly string[] ExposedHeaders =
    [
        "Age",
        "Content-Disposition",
        "Deprecation",
        "ETag",
        "Link",
        "Location",
        "Retry-After",
        "X-Cache",
        "RateLimit-Limit",
        "RateLimit-Remaining",
        "RateLimit-Reset",
        "Sunset",
        "WWW-Authenticate",
    ];

    internal static void AddHardening(this IHostApplicationBuilder builder)
    {
        builder.Services.Configure<KestrelServerOptions>(options =>
        {
            options.AddServerHeader = false;
            options.Limits.RequestHeadersTimeout = HeadersTimeout;
        });
        builder.Services.AddHsts(options =>
        {
            options.MaxAge = TimeSpan.FromDays(365);
            options.IncludeSubDomains = true;
        });
        if (Values(builder.Configuration, ProxiesSection) is { Length: > 0 } proxies)
            builder.Services.Configure<ForwardedHeadersOptions>(options => Trust(options, proxies));
        if (Values(builder.Configuration, OriginsSection) is { Length: > 0 } origins)
        {
            builder.Services.AddCors(options =>
                options.AddDefaultPolicy(policy =>
                    policy
                        .WithOrigins(origins)
                        .AllowAnyHeader()
                        .AllowAnyMethod()
                        .AllowCredentials()
                        .WithExposedHeaders(ExposedHeaders)
                        .SetPreflightMaxAge(PreflightMaxAge)
                )
            );
        }
    }

    /// <summary>
    /// Adds the middleware, which must come first: later middleware sees the client's address and scheme, and every response has
    /// the headers. A gateway keeps the headers of responses from other hosts.
    /// </summary>
    internal static void UseHardening(this WebApplication app, bool isGateway = false)
    {
        var isBehindProxy = Values(app.Configuration, ProxiesSection).Length > 0;
        if (isBehindProxy)
            app.UseForwardedHeaders();
        if (isGateway)
            app.UseMissingSecurityHeaders();
        else
            app.UseSecurityHeaders();
        if (app.Environment.IsDevelopment())
            return;
        app.UseHsts();
        app.UseWhen(context => RequiresHttps(context, isBehindProxy), branch => branch.UseHttpsForPagesOnly());
    }

    /// <summary>
    /// Probes and requests from other services use plain HTTP and bypass the proxy. A redirect would send them to a port without a
    /// listener.
    /// </summary>
    private static bool RequiresHttps(HttpContext context, bool isBehindProxy) =>
        !context.Request.Path.StartsWithSegments("/health")
        && !context.Request.Path.StartsWithSegments("/alive")
        && (!isBehindProxy || context.Request.Headers.ContainsKey(ForwardedScheme));

    /// <summary>Adds CORS if origins are configured. Otherwise no response allows another origin.</summary>
    internal static void UseConfiguredCors(this WebApplication app)
    {
        if (Values(app.Configuration, OriginsSection).Length > 0)
            app.UseCors();
    }

    private static void Trust(ForwardedHeadersOptions options, string[] proxies)
    {
        options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
        options.KnownIPNetworks.Clear();
        options.KnownProxies.Clear();
        foreach (var proxy in proxies)
        {
            if (System.Net.IPNetwork.TryParse(proxy, out var network))
            {
                options.KnownIPNetworks.Add(network);
                continue;
            }
            options.KnownProxies.Add(
                IPAddress.TryParse(proxy, out var address)
                    ? address
                    : throw new InvalidOperationException(
                        $"{ProxiesSection} contains '{proxy}'. It must be an IP address or a network such as 10.0.0.0/8."
                    )
            );
        }
    }

    private static string[] Values(IConfiguration configuration, string section) => configuration.GetSection(section).Get<string[]>() ?? [];
}
