using Microsoft.Extensions.DependencyInjection;
using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Identity;

internal static class IdentityStores
{
    internal static void AddIdentityStores(this IServiceCollection services) =>
        services
            .AddStore<UserStore>()
            .AddStore<SessionStore>()
            .AddStore<RefreshTokenStore>()
            .AddStore<ConsoleSessionStore>()
            .AddStore<RevocationStore>()
            .AddStore<SigningKeyStore>()
            .AddStore<OneTimeCodeStore>()
            .AddStore<AuditStore>()
            .AddStore<AccountDeletionStore>()
            .AddEntity(IdentityEntities.Users)
            .AddEntity(IdentityEntities.Sessions)
            .AddSingleton<UserCredentials>()
            .AddSingleton<EmailChangeStore>()
            .AddSingleton<SecondStepStore>()
            .AddSingleton<LastAdminGuard>()
            .AddSingleton<ServerSecretStore>()
            .AddSingleton<DataProtectionKeyStore>();
}
