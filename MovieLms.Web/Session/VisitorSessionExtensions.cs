using Microsoft.AspNetCore.Antiforgery;
using Microsoft.Extensions.Options;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.Web.Session;

/// <summary>Adds the sessions of browsers.</summary>
public static class VisitorSessionExtensions
{
    /// <summary>The header with which scripts of pages prove that a page of this installation sends a request.</summary>
    public const string AntiforgeryHeader = "X-CSRF-Token";

    private const string AntiforgeryCookie = "movielms-antiforgery";

    /// <summary>Registers the sessions. The host has a database.</summary>
    public static IHostApplicationBuilder AddSessions(this IHostApplicationBuilder builder)
    {
        builder.Services.AddConsoleSessionStores();
        builder.AddKeyRing(services =>
        {
            var store = services.GetRequiredService<DataProtectionKeyStore>();
            return new KeyRingStore(store.List, store.Add);
        });
        builder.Services.AddAntiforgery();
        builder.Services.AddSingleton<IConfigureOptions<AntiforgeryOptions>>(services => new ConfigureOptions<AntiforgeryOptions>(options =>
            Configure(options, services.GetRequiredService<IConfiguration>())
        ));
        builder.Services.AddSingleton<SessionCookie>().AddSingleton<SessionProtector>().AddSingleton<SessionRefresher>();
        builder.Services.AddSingleton(services => new ConsoleSessions(
            services.GetRequiredService<ConsoleSessionStore>(),
            services.GetRequiredService<SessionProtector>(),
            services.GetRequiredService<SessionRefresher>(),
            services.GetRequiredService<SessionCookie>(),
            services.GetRequiredService<TimeProvider>()
        ));
        return builder;
    }

    /// <summary>Adds the middleware, which must come before the access token is read.</summary>
    public static void UseSessions(this WebApplication app) => app.UseMiddleware<SessionToBearer>();

    private static void Configure(AntiforgeryOptions options, IConfiguration configuration)
    {
        var isSecure = SecureCookies.AreEnabled(configuration);
        options.HeaderName = AntiforgeryHeader;
        options.Cookie.Name = SecureCookies.HostName(AntiforgeryCookie, isSecure);
        options.Cookie.HttpOnly = true;
        // As for the session: with Strict, a page that was opened by a link would replace the cookie that other open pages rely on.
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = isSecure ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        // SecurityHeaders sets a stricter one.
        options.SuppressXFrameOptionsHeader = true;
    }
}
