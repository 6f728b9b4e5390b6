using MovieLms.ApiService.Identity.Accounts;
using MovieLms.ApiService.Identity.Passwords;
using MovieLms.ApiService.Identity.Tokens;
using MovieLms.Data.Identity;
using MovieLms.Data.Storage;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.ApiService.Identity;

/// <summary>What the identity endpoints work with.</summary>
internal static class IdentityServices
{
    internal static void AddIdentity(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<AuthOptions>().BindConfiguration(TokenOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.AddKeyRing();
        services.AddSingleton<OwnSigningKeys>();
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<ITokenKeys>(provider => provider.GetRequiredService<SigningKeys>());
        services.AddSingleton<ServerSecrets>();
        services.AddSingleton<AccessTokenIssuer>();
        services.AddSingleton<SessionEnder>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<PasswordHasher>();
        services.AddSingleton<PasswordPolicy>();
        services.AddSingleton<CommonPasswords>();
        services.AddSingleton<Registration>();
        services.AddSingleton<Login>();
        services.AddSingleton(provider => new FirstAdmin(
            provider.GetRequiredService<DatabaseInitializer>(), provider.GetRequiredService<UserStore>(), provider.GetRequiredService<Registration>(),
            provider.GetRequiredService<IConfiguration>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<FirstAdmin>>()));
        services.AddHostedService(provider => provider.GetRequiredService<FirstAdmin>());
    }
}
