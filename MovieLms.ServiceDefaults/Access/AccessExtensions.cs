using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace MovieLms.ServiceDefaults.Access;

/// <summary>The Bearer scheme, the same in every service.</summary>
public static class AccessExtensions
{
    internal static void AddAccess(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<TokenOptions>().BindConfiguration(TokenOptions.Section);
        builder.Services.AddHttpClient(JwksTokenKeys.ClientName);
        // ApiService, which holds the keys, registers its own after this.
        builder.Services.AddSingleton<ITokenKeys, JwksTokenKeys>();
        builder.Services.AddSingleton<AccessTokenValidator>();
        builder.Services.AddSingleton<Revocations>();
        builder.Services.AddSingleton<RevocationFeed>();
        builder.Services.AddHostedService(services => services.GetRequiredService<RevocationFeed>());
        builder.Services.AddSingleton<ValidatedTokens>();
        builder
            .Services.AddAuthentication(BearerHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, BearerHandler>(BearerHandler.SchemeName, null);
        var authorization = builder.Services.AddAuthorizationBuilder();
        // An endpoint that names neither a permission nor AllowAnonymous is closed, not open. Where there is no endpoint,
        // or only routing's own for a wrong method or content type, the answer stays 404, 405 or 415.
        authorization.SetFallbackPolicy(
            new AuthorizationPolicyBuilder()
                .RequireAssertion(context => context.Resource is HttpContext http && http.GetEndpoint() is not RouteEndpoint)
                .Build()
        );
    }

    /// <summary>
    /// Where this host reads revocations from; every service names the store of record, and a host that holds several counts once.
    /// </summary>
    public static IServiceCollection AddRevocations(this IServiceCollection services, Func<IServiceProvider, RevocationReader> reader)
    {
        services.TryAddSingleton(reader);
        return services;
    }

    /// <summary>Reads the caller from the access token; authorization follows later.</summary>
    internal static void UseAccessTokens(this WebApplication app)
    {
        var tokens = app.Services.GetRequiredService<ValidatedTokens>();
        // A token seen before takes the short way; everything else (also the call-backs of sign-in providers) the framework's.
        app.Use(next =>
        {
            var authentication = new AuthenticationMiddleware(next, app.Services.GetRequiredService<IAuthenticationSchemeProvider>());
            return context => Accept(tokens, context) ? next(context) : authentication.Invoke(context);
        });
        // Tells the host that authentication is in place: without it, it would put the framework's in front of everything.
        ((IApplicationBuilder)app).Properties["__AuthenticationMiddlewareSet"] = true;
    }

    private static bool Accept(ValidatedTokens tokens, HttpContext context)
    {
        if (tokens.Find(BearerToken.Find(context.Request)) is not { } token)
            return false;
        context.User = token.User;
        return true;
    }
}
