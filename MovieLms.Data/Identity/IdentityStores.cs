using Microsoft.Extensions.DependencyInjection;
using MovieLms.Data.Relations;

namespace MovieLms.Data.Identity;

internal static class IdentityStores
{
    internal static void AddIdentityStores(this IServiceCollection services) =>
        services
            .AddStore<UserStore>()
            .AddStore<SessionStore>()
            .AddStore<RefreshTokenStore>()
            .AddStore<RevocationStore>()
            .AddStore<SigningKeyStore>()
            .AddStore<OneTimeCodeStore>()
            .AddStore<AuditStore>()
            .AddEntity(IdentityEntities.User)
            .AddEntity(IdentityEntities.Session)
            .AddSingleton<UserCredentials>()
            .AddSingleton<SecondStepStore>()
            .AddSingleton<LastAdminGuard>()
            .AddSingleton<ServerSecretStore>()
            .AddSingleton<DataProtectionKeyStore>();
}
