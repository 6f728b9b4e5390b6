using Microsoft.Extensions.DependencyInjection;

namespace MovieLms.Data.Identity;

internal static class IdentityStores
{
    internal static void AddIdentityStores(this IServiceCollection services) => services
        .AddStore<UserStore>()
        .AddStore<SessionStore>()
        .AddStore<RefreshTokenStore>()
        .AddStore<RevocationStore>()
        .AddStore<SigningKeyStore>()
        .AddStore<OneTimeCodeStore>()
        .AddStore<AuditStore>()
        .AddSingleton<UserCredentials>()
        .AddSingleton<ServerSecretStore>()
        .AddSingleton<DataProtectionKeyStore>();
}
