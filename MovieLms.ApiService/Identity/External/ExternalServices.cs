using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.ApiService.Identity.External;

/// <summary>
/// Registers the providers with ASP.NET Core's own handlers: authorization code with PKCE (RFC 7636) and state. GitHub is not an OpenID
/// Connect provider and uses the generic OAuth handler.
/// </summary>
internal static class ExternalServices
{
    private const string GitHubAddress = "https://github.com";
    private const string GitHubApi = "https://api.github.com";
    private static readonly TimeSpan BackchannelTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SignInTimeout = TimeSpan.FromMinutes(10);

    internal static void AddExternalSignIn(this IHostApplicationBuilder builder)
    {
        var providers = Providers.Read(builder.Configuration);
        builder.Services.AddSingleton(providers);
        builder.Services.AddSingleton<ExternalSignIn>();
        builder.Services.AddSingleton<ExchangeBinding>();
        var isSecure = SecureCookies.AreEnabled(builder.Configuration);
        var authentication = builder.Services.AddAuthentication();
        foreach (var (name, provider) in providers.Configured)
        {
            if (name == Providers.GitHub)
            {
                authentication.AddOAuth(name, options => ConfigureGitHub(options, provider, isSecure));
            }
            else
            {
                authentication.AddOpenIdConnect(
                    name,
                    options => ConfigureOpenIdConnect(options, name, provider, builder.Environment.IsDevelopment(), isSecure)
                );
            }
        }
    }

    private static string GetPath(string name) => $"/api/auth/{name}";

    private static void ConfigureGitHub(OAuthOptions options, ProviderOptions provider, bool isSecure)
    {
        var address = (provider.Authority ?? GitHubAddress).TrimEnd('/');
        ConfigureCommon(options, Providers.GitHub, isSecure);
        options.ClientId = provider.ClientId!;
        options.ClientSecret = provider.ClientSecret!;
        options.AuthorizationEndpoint = $"{address}/login/oauth/authorize";
        options.TokenEndpoint = $"{address}/login/oauth/access_token";
        options.UserInformationEndpoint = (provider.ApiAddress ?? GitHubApi).TrimEnd('/');
        options.UsePkce = true;
        options.Scope.Add("read:user");
        options.Scope.Add("user:email");
        options.Events = new OAuthEvents
        {
            OnCreatingTicket = GitHubProfile.ReadAsync,
            OnTicketReceived = ExternalEvents.ReceivedAsync,
            OnAccessDenied = ExternalEvents.DeniedAsync,
            OnRemoteFailure = ExternalEvents.FailedAsync,
        };
    }

    private static void ConfigureOpenIdConnect(
        OpenIdConnectOptions options,
        string name,
        ProviderOptions provider,
        bool isDevelopment,
        bool isSecure
    )
    {
        ConfigureCommon(options, name, isSecure);
        options.Authority = provider.Authority;
        options.ClientId = provider.ClientId;
        options.ClientSecret = provider.ClientSecret;
        options.ResponseType = OpenIdConnectResponseType.Code;
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        options.UsePkce = true;
        options.MapInboundClaims = false;
        options.SaveTokens = false;
        options.RequireHttpsMetadata = !isDevelopment;
        options.Scope.Clear();
        foreach (var scope in (string[])["openid", "email", "profile"])
            options.Scope.Add(scope);
        ConfigureCookie(options.NonceCookie, isSecure);
        // There is no cookie session that a provider could end.
        options.SignedOutCallbackPath = default;
        options.RemoteSignOutPath = default;
        options.Events = new OpenIdConnectEvents
        {
            OnTicketReceived = ExternalEvents.ReceivedAsync,
            OnAccessDenied = ExternalEvents.DeniedAsync,
            OnRemoteFailure = ExternalEvents.FailedAsync,
        };
    }

    private static void ConfigureCommon(RemoteAuthenticationOptions options, string name, bool isSecure)
    {
        options.CallbackPath = $"{GetPath(name)}/callback";
        options.BackchannelTimeout = BackchannelTimeout;
        options.RemoteAuthenticationTimeout = SignInTimeout;
        ConfigureCookie(options.CorrelationCookie, isSecure);
    }

    private static void ConfigureCookie(CookieBuilder cookie, bool isSecure)
    {
        cookie.Name = SecureCookies.GetName(cookie.Name!, isSecure);
        // The provider redirects back with a link. The browser sends lax cookies with it, but not strict ones.
        cookie.SameSite = SameSiteMode.Lax;
        cookie.SecurePolicy = isSecure ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        cookie.HttpOnly = true;
    }
}
