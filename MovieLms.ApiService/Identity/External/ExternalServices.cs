using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace MovieLms.ApiService.Identity.External;

/// <summary>
/// The providers on ASP.NET Core's own handlers: authorization code with PKCE (RFC 7636) and state. GitHub, which is no
/// OpenID Connect provider, through the generic OAuth handler.
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
        var authentication = builder.Services.AddAuthentication();
        foreach (var (name, provider) in providers.Configured)
        {
            if (name == Providers.GitHub) authentication.AddOAuth(name, options => ConfigureGitHub(options, provider));
            else authentication.AddOpenIdConnect(name, options => Configure(options, name, provider, builder.Environment.IsDevelopment()));
        }
    }

    internal static string Path(string name) => $"/api/auth/{name}";

    private static void ConfigureGitHub(OAuthOptions options, ProviderOptions provider)
    {
        var address = (provider.Authority ?? GitHubAddress).TrimEnd('/');
        Common(options, Providers.GitHub);
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

    private static void Configure(OpenIdConnectOptions options, string name, ProviderOptions provider, bool isDevelopment)
    {
        Common(options, name);
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
        foreach (var scope in (string[])["openid", "email", "profile"]) options.Scope.Add(scope);
        options.NonceCookie.SameSite = SameSiteMode.Lax;
        options.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        // A sign-out at the provider ends no session here, because no cookie holds one.
        options.SignedOutCallbackPath = default;
        options.RemoteSignOutPath = default;
        options.Events = new OpenIdConnectEvents
        {
            OnTicketReceived = ExternalEvents.ReceivedAsync,
            OnAccessDenied = ExternalEvents.DeniedAsync,
            OnRemoteFailure = ExternalEvents.FailedAsync,
        };
    }

    private static void Common(RemoteAuthenticationOptions options, string name)
    {
        options.CallbackPath = $"{Path(name)}/callback";
        options.BackchannelTimeout = BackchannelTimeout;
        options.RemoteAuthenticationTimeout = SignInTimeout;
        // The provider leads back by a plain link, for which a lax cookie is sent; strict ones would be lost.
        options.CorrelationCookie.SameSite = SameSiteMode.Lax;
        options.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.CorrelationCookie.HttpOnly = true;
    }
}
