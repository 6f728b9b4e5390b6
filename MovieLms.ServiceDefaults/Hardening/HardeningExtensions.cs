using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Primitives;

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
    private static readonly StringValues NoSniff = "nosniff";
    private static readonly StringValues NoReferrer = "no-referrer";
    private static readonly StringValues Deny = "DENY";
    private static readonly StringValues NothingLoads = "default-src 'none'; frame-ancestors 'none'";
    private static readonly StringValues NobodyFrames = "frame-ancestors 'none'";
    private static readonly string[] Readable =
        ["ETag", "Location", "Retry-After", "X-Cache", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "WWW-Authenticate"];

    internal static void AddHardening(this IHostApplicationBuilder builder)
    {
        builder.Services.Configure<KestrelServerOptions>(options => options.AddServerHeader = false);
        builder.Services.AddHsts(options =>
        {
            options.MaxAge = TimeSpan.FromDays(365);
            options.IncludeSubDomains = true;
        });
        if (Values(builder.Configuration, ProxiesSection) is { Length: > 0 } proxies) builder.Services.Configure<ForwardedHeadersOptions>(options => Trust(options, proxies));
        if (Values(builder.Configuration, OriginsSection) is { Length: > 0 } origins)
        {
            builder.Services.AddCors(options => options.AddDefaultPolicy(policy => policy
                .WithOrigins(origins).AllowAnyHeader().AllowAnyMethod().AllowCredentials().WithExposedHeaders(Readable)));
        }
    }

    /// <summary>Comes first: everything after sees the client's address and scheme, and every answer carries the headers.</summary>
    internal static void UseHardening(this WebApplication app)
    {
        if (Values(app.Configuration, ProxiesSection).Length > 0) app.UseForwardedHeaders();
        app.Use(next => context =>
        {
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = NoSniff;
            headers["Referrer-Policy"] = NoReferrer;
            headers.XFrameOptions = Deny;
            // The pages for people (reference, jobs, mail) set or need a policy of their own; in a frame belongs none.
            headers.ContentSecurityPolicy = context.Request.Path.StartsWithSegments("/api") ? NothingLoads : NobodyFrames;
            return next(context);
        });
        if (!app.Environment.IsDevelopment())
        {
            app.UseHsts();
            app.UseWhen(
                context => !context.Request.Path.StartsWithSegments("/health") && !context.Request.Path.StartsWithSegments("/alive"),
                branch => branch.UseHttpsRedirection());
        }
    }

    /// <summary>Where no origin is configured no answer allows one.</summary>
    internal static void UseConfiguredCors(this WebApplication app)
    {
        if (Values(app.Configuration, OriginsSection).Length > 0) app.UseCors();
    }

    private static void Trust(ForwardedHeadersOptions options, string[] proxies)
    {
        options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
        options.KnownIPNetworks.Clear();
        options.KnownProxies.Clear();
        foreach (var proxy in proxies)
        {
            if (System.Net.IPNetwork.TryParse(proxy, out var network)) options.KnownIPNetworks.Add(network);
            else if (IPAddress.TryParse(proxy, out var address)) options.KnownProxies.Add(address);
            else throw new InvalidOperationException($"{ProxiesSection} holds '{proxy}', which is neither an address nor a network like 10.0.0.0/8.");
        }
    }

    private static string[] Values(IConfiguration configuration, string section) => configuration.GetSection(section).Get<string[]>() ?? [];
}
