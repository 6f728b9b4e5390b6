using MovieLms.ApiService.Identity.Accounts;
using MovieLms.ApiService.Identity.Audit;
using MovieLms.ApiService.Identity.Codes;
using MovieLms.ApiService.Identity.Contracts;
using MovieLms.ApiService.Identity.Mails;
using MovieLms.ApiService.Identity.Tokens;
using MovieLms.Data.Identity;
using MovieLms.Data.Mail;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.ApiService.Identity.External;

/// <summary>A one-time code, or the error that prevented one.</summary>
internal sealed record ExternalResult(string? Code, string? Error);

/// <summary>Finds or creates the user of a provider account and issues a one-time code that completes the sign-in.</summary>
internal sealed class ExternalSignIn(
    UserStore users,
    UserCredentials credentials,
    OneTimeCodeStore codes,
    OutboxStore outbox,
    SignIn signIn,
    SessionEnder ender,
    ExchangeBinding binding,
    AuditLog audit,
    TimeProvider time
)
{
    private const int MaxNameLength = 60;
    private static readonly TimeSpan CodeLifetime = TimeSpan.FromSeconds(60);

    /// <summary>Accepts the result of a sign-in at a provider.</summary>
    internal async Task<ExternalResult> AcceptAsync(
        string provider,
        string? subject,
        string? name,
        string? email,
        bool isEmailVerified,
        string? clientBinding,
        CancellationToken cancellationToken
    )
    {
        if (string.IsNullOrEmpty(subject))
            return new ExternalResult(null, "provider_failed");
        var login = new ExternalLogin(provider, subject);
        var user = await users.FindByLoginAsync(login, cancellationToken);
        if (user is null)
        {
            if (!isEmailVerified || !MailAddress.TryNormalize(email, out var normalized))
                return await RejectAsync(null, "unverified_email");
            user = await users.FindByEmailAsync(normalized, cancellationToken);
            // The address is not verified here: linking would share the account with the person who registered it first.
            if (user is { EmailVerifiedAt: null })
                return await RejectAsync(user, "email_not_verified_here");
            user = user is null ? await CreateAsync(login, name, email!, normalized, cancellationToken) : await LinkAsync(user, login);
        }
        if (user is not { ArchivedAt: null })
            return await RejectAsync(user, "account_closed");
        var code = SecretText.Token();
        await codes.PutAsync(
            new OneTimeCode
            {
                Key = GetKey(code),
                UserId = user.Id,
                Subject = provider,
                CodeHash = clientBinding,
                ExpiresAt = time.GetUtcNow() + CodeLifetime,
            },
            cancellationToken
        );
        return new ExternalResult(code, null);
    }

    /// <summary>Exchanges a code for tokens, or for the challenge of the second step.</summary>
    /// <returns>Null if the code is unknown, used, expired or another client's. A failed attempt also invalidates the code.</returns>
    internal async Task<LoginResponse?> ExchangeAsync(string code, string? verifier, HttpContext http, CancellationToken cancellationToken)
    {
        if (await codes.ConsumeAsync(GetKey(code), cancellationToken) is not { } stored)
            return null;
        if (!binding.IsSatisfied(http, stored.CodeHash, verifier))
            return null;
        return await users.FindAsync(stored.UserId, cancellationToken) is { ArchivedAt: null } user
            ? await signIn.CompleteAsync(user, stored.Subject!, http, cancellationToken)
            : null;
    }

    /// <summary>
    /// Links the provider's account to the user with the same address. If that address was verified only by a mailed link, the user may
    /// have been registered by someone else, so the password, the second step and all sessions are removed.
    /// </summary>
    private async Task<UserDocument?> LinkAsync(UserDocument user, ExternalLogin login)
    {
        var isProven = user.IsEmailProven;
        var changed = await (
            isProven
                ? credentials.LinkAsync(user.Id, login, CancellationToken.None)
                : credentials.TakeOverAsync(user.Id, login, CancellationToken.None)
        );
        if (changed is null)
            return null;
        if (!isProven)
            await ender.AnnounceAsync(changed);
        await audit.WriteAsync(
            AuditActions.ProviderLink,
            true,
            user.Id,
            isProven ? login.Provider : $"{login.Provider}, earlier credentials ended"
        );
        var mail = isProven
            ? IdentityMails.ProviderLinked(changed.Username, login.Provider)
            : IdentityMails.TakenOver(changed.Username, login.Provider);
        await outbox.AddAsync(mail.To(changed.Email), CancellationToken.None);
        return changed;
    }

    private async Task<UserDocument?> CreateAsync(
        ExternalLogin login,
        string? name,
        string email,
        string normalized,
        CancellationToken cancellationToken
    )
    {
        var username = string.IsNullOrWhiteSpace(name) ? email.Split('@')[0] : name.Trim();
        return await users.AddAsync(
                new UserDocument
                {
                    Username = username.Length <= MaxNameLength ? username : username[..MaxNameLength],
                    Email = email,
                    EmailNormalized = normalized,
                    EmailVerifiedAt = time.GetUtcNow(),
                    Role = Roles.Student,
                    ExternalLogins = [login],
                },
                cancellationToken
            )
            // A concurrent first sign-in has created the same user.
            ?? await users.FindByLoginAsync(login, cancellationToken);
    }

    private async Task<ExternalResult> RejectAsync(UserDocument? user, string error)
    {
        await audit.WriteAsync(AuditActions.Login, false, user?.Id, error);
        return new ExternalResult(null, error);
    }

    private static string GetKey(string code) => $"exchange:{SecretText.Hash(code)}";
}
