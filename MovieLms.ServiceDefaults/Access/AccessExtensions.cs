using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace MovieLms.ServiceDefaults.Access;

/// <summary>Adds authentication with access tokens. All services use the same configuration.</summary>
public static class AccessExtensions
{
    internal static void AddAccess(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<TokenOptions>().BindConfiguration(TokenOptions.Section);
        builder.Services.AddHttpClient(JwksTokenKeys.ClientName);
        // ApiService has the keys and registers its own implementation after this.
        builder.Services.AddSingleton<ITokenKeys, JwksTokenKeys>();
        builder.Services.AddSingleton<AccessTokenValidator>();
        builder.Services.AddSingleton<Revocations>();
        builder.Services.AddSingleton<RevocationFeed>();
        builder.Services.AddHostedService(services => services.GetRequiredService<RevocationFeed>());
        builder.Services.AddSingleton<ValidatedTokens>();
        // No default authentication scheme: UseAccessTokens authenticates, so the framework's middleware must not do it again.
        AppContext.SetSwitch("Microsoft.AspNetCore.Authentication.SuppressAutoDefaultScheme", true);
        builder
            .Services.AddAuthentication(options =>
                (options.DefaultChallengeScheme, options.DefaultForbidScheme) = (BearerScheme.Name, BearerScheme.Name)
            )
            .AddJwtBearer();
        builder.Services.AddSingleton<IConfigureOptions<JwtBearerOptions>, BearerScheme>();
        var authorization = builder.Services.AddAuthorizationBuilder();
        // An endpoint that declares neither a permission nor AllowAnonymous is closed. Without an endpoint, or with the router's own one
        // for a wrong method or content type, the response stays 404, 405 or 415.
        authorization.SetFallbackPolicy(
            new AuthorizationPolicyBuilder()
                .RequireAssertion(context => context.Resource is HttpContext http && http.GetEndpoint() is not RouteEndpoint)
                .Build()
        );
    }

    /// <summary>
    /// Sets the reader of the store of record for revocations. Each service calls this; a host with several services uses the first.
    /// </summary>
    public static IServiceCollection AddRevocations(this IServiceCollection services, Func<IServiceProvider, RevocationReader> reader)
    {
        services.TryAddSingleton(reader);
        return services;
    }

    /// <summary>Sets the caller from the access token. Authorization follows later.</summary>
    internal static void UseAccessTokens(this WebApplication app)
    {
        // Created by the first request that needs it: it connects to Redis, and startup does not wait for that.
        var tokens = new Lazy<ValidatedTokens>(app.Services.GetRequiredService<ValidatedTokens>, LazyThreadSafetyMode.PublicationOnly);
        var authentication = new MiddlewareCapture(app);
        // Handles the callbacks of sign-in providers. Requests with a known token skip it: it allocates 400 bytes.
        authentication.UseAuthentication();
        app.Use(next =>
        {
            var other = authentication.Middleware(context => AuthenticateAsync(tokens.Value, context, next));
            return context =>
            {
                if (tokens.Value.Find(BearerToken.Find(context.Request)) is not { } token)
                    return other(context);
                context.User = token.User;
                return next(context);
            };
        });
    }

    private static async Task AuthenticateAsync(ValidatedTokens tokens, HttpContext context, RequestDelegate next)
    {
        if (BearerToken.Read(context.Request) is { } text)
        {
            await tokens.PrepareAsync(text, context.RequestAborted);
            if ((await context.AuthenticateAsync(BearerScheme.Name)).Principal is { } user)
                context.User = user;
        }

        await next(context);
    }

    /// <summary>Receives the middleware that an extension method adds, for use on one branch of the pipeline.</summary>
    private sealed class MiddlewareCapture(IApplicationBuilder app) : IApplicationBuilder
    {
        public Func<RequestDelegate, RequestDelegate> Middleware { get; private set; } = next => next;

        public IServiceProvider ApplicationServices
        {
            get => app.ApplicationServices;
            set => app.ApplicationServices = value;
        }

        public IFeatureCollection ServerFeatures => app.ServerFeatures;

        public IDictionary<string, object?> Properties => app.Properties;

        public IApplicationBuilder Use(Func<RequestDelegate, RequestDelegate> middleware)
        {
            Middleware = middleware;
            return this;
        }

        public IApplicationBuilder New() => app.New();

        public RequestDelegate Build() => app.Build();
    }
}
