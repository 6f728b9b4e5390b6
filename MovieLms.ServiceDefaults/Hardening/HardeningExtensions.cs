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
/// What browsers and proxies are told: headers that close what an API does not need, HTTPS outside development, no other
/// origin unless <c>Cors:Origins</c> names it, and no forwarded address unless <c>ForwardedHeaders:Proxies</c> names who
/// may set it.
/// </summary>
internal static class HardeningExtensions
{
    private const string ProxiesSection = "ForwardedHeaders:Proxies";
    private const string OriginsSection = "Cors:Origins";
    private const string ForwardedScheme = "X-Original-Proto";

    /// <summary>Slow bodies and slow readers are closed by the server's default data rates.</summary>
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);
    private static readonly string[] Readable =
    [
        "ETag",
        "Location",
        "Retry-After",
        "X-Cache",
        "RateLimit-Limit",
        "RateLimit-Remaining",
        "RateLimit-Reset",
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
                    policy.WithOrigins(origins).AllowAnyHeader().AllowAnyMethod().AllowCredentials().WithExposedHeaders(Readable)
                )
            );
        }
    }

    /// <summary>Comes first: everything after sees the client's address and scheme, and every response carries the headers.</summary>
    /// <param name="app">The host.</param>
    /// <param name="isGateway">True when responses may bring these headers along from another host.</param>
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
        app.UseWhen(context => MustBeSecure(context, isBehindProxy), branch => branch.UseHttpsForPagesOnly());
    }

    /// <summary>
    /// Probes are plain HTTP, and so are requests from the other services, which do not pass through the proxy: a redirect
    /// would send them to a port where nothing listens.
    /// </summary>
    private static bool MustBeSecure(HttpContext context, bool isBehindProxy) =>
        !context.Request.Path.StartsWithSegments("/health")
        && !context.Request.Path.StartsWithSegments("/alive")
        && (!isBehindProxy || context.Request.Headers.ContainsKey(ForwardedScheme));

    /// <summary>Where no origin is configured no answer allows one.</summary>
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
                        $"{ProxiesSection} holds '{proxy}', which is neither an address nor a network like 10.0.0.0/8."
                    )
            );
        }
    }

    private static string[] Values(IConfiguration configuration, string section) => configuration.GetSection(section).Get<string[]>() ?? [];
}
