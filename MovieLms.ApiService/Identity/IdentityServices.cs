using MovieLms.ApiService.Identity.Accounts;
using MovieLms.ApiService.Identity.Audit;
using MovieLms.ApiService.Identity.Codes;
using MovieLms.ApiService.Identity.Deletion;
using MovieLms.ApiService.Identity.External;
using MovieLms.ApiService.Identity.Mails;
using MovieLms.ApiService.Identity.Passwords;
using MovieLms.ApiService.Identity.Settings;
using MovieLms.ApiService.Identity.Tokens;
using MovieLms.ApiService.Identity.Users;
using MovieLms.ApiService.PersonalData;
using MovieLms.Data;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.ApiService.Identity;

/// <summary>Registers the services of the identity endpoints.</summary>
internal static class IdentityServices
{
    internal static void AddIdentity(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services
            .AddOptions<AuthOptions>()
            .BindConfiguration(TokenOptions.Section)
            .ValidateDataAnnotations()
            .Validate(
                options => options.ForbiddenPasswordWords.All(word => word.Trim().Length is >= 3 and <= 60),
                "Each of Auth:ForbiddenPasswordWords must have 3 to 60 characters."
            )
            .ValidateOnStart();
        services.PostConfigure<TokenOptions>(options => options.AccessTokenMinutes ??= new AuthOptions().AccessTokenMinutes);
        builder.AddKeyRing(provider =>
        {
            var store = provider.GetRequiredService<DataProtectionKeyStore>();
            return new KeyRingStore(store.List, store.Add);
        });
        builder.AddExternalSignIn();
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
        services.AddSingleton<FirstAdminLink>();
        services.AddSingleton<Login>();
        services.AddSingleton<Reauthentication>();
        services.AddSingleton<SignIn>();
        services.AddSingleton<PublicAddress>();
        services.AddSingleton<PasswordChanges>();
        services.AddSingleton<ResetRequests>();
        services.AddHostedService(provider => provider.GetRequiredService<ResetRequests>());
        services.AddSingleton<OneTimeCodes>();
        services.AddSingleton<CodeSender>();
        services.AddSingleton<VerificationLinks>();
        services.AddSingleton<SecondStep>();
        services.AddOptions<WhatsAppOptions>().BindConfiguration(WhatsAppOptions.Section);
        // EXTEXP0001: removing handlers is marked experimental.
#pragma warning disable EXTEXP0001
        // Retried although it is a POST, and with shorter timeouts than other writes: receiving the same code twice does no harm.
        services.AddHttpClient(WhatsAppClient.ClientName).RemoveAllResilienceHandlers().AddStandardResilienceHandler();
#pragma warning restore EXTEXP0001
        services.AddSingleton<WhatsAppClient>();
        services.AddSingleton<UserAdministration>();
        services.AddSingleton<AccountDeletion>();
        services.AddSingleton<EmailChanges>();
        services.AddPersonalDataExport();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<DenialLog>();
        services.AddSingleton<IAccessDenials>(provider => provider.GetRequiredService<DenialLog>());
        services.AddHostedService(provider => provider.GetRequiredService<DenialLog>());
        services.AddSingleton(provider => new FirstAdmin(
            provider.GetRequiredService<DatabaseInitializer>(),
            provider.GetRequiredService<UserStore>(),
            provider.GetRequiredService<Registration>(),
            provider.GetRequiredService<FirstAdminLink>(),
            provider.GetRequiredService<IConfiguration>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IHostApplicationLifetime>(),
            provider.GetRequiredService<ILogger<FirstAdmin>>()
        ));
        services.AddHostedService(provider => provider.GetRequiredService<FirstAdmin>());
    }
}
