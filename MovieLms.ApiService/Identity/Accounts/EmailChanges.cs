using MongoDB.Bson;
using MovieLms.ApiService.Identity.Audit;
using MovieLms.ApiService.Identity.Codes;
using MovieLms.ApiService.Identity.Mails;
using MovieLms.ApiService.Identity.Tokens;
using MovieLms.Data.Identity;
using MovieLms.Data.Mail;

namespace MovieLms.ApiService.Identity.Accounts;

/// <summary>
/// Changes e-mail addresses. Links are mailed to the old and the new address, and the address changes when both are confirmed. An old
/// address that was never verified need not confirm, because its user may have mistyped it.
/// </summary>
internal sealed class EmailChanges(
    UserStore users,
    EmailChangeStore changes,
    OneTimeCodeStore codes,
    OutboxStore outbox,
    SessionEnder ender,
    PublicAddress address,
    AuditLog audit,
    TimeProvider time
)
{
    internal const string Page = "/account/email";
    private const string Old = "old";
    private const string New = "new";
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    /// <summary>Requests a change. The steps are the same whether or not the new address is taken.</summary>
    internal async Task RequestAsync(
        UserDocument user,
        ObjectId sessionId,
        string email,
        string emailNormalized,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var change = new EmailChange
        {
            Id = ObjectId.GenerateNewId(),
            Email = email,
            EmailNormalized = emailNormalized,
            SessionId = sessionId,
            ExpiresAt = now + Lifetime,
            OldConfirmedAt = user.EmailVerifiedAt is null ? now : null,
        };
        var isTaken = await users.FindByEmailAsync(emailNormalized, cancellationToken) is not null;
        if (!await changes.RequestAsync(user.Id, change, cancellationToken))
            return;
        var oldUrl = await CreateLinkAsync(user.Id, change, Old);
        var newUrl = await CreateLinkAsync(user.Id, change, New);
        var toOld = IdentityMails.EmailChangeRequested(user.Username, email, oldUrl).To(user.Email);
        var toNew = isTaken ? IdentityMails.EmailTaken() : IdentityMails.EmailChangeConfirmation(user.Username, newUrl);
        await outbox.AddAllAsync([toOld, toNew.To(email)], CancellationToken.None);
        await audit.WriteAsync(AuditActions.EmailChange, true, user.Id, "requested");
    }

    /// <summary>Confirms a change with the token of a mailed link.</summary>
    /// <returns>True if the address was changed, false if the other address must confirm too; null if the token is not valid.</returns>
    internal async Task<bool?> ConfirmAsync(string token, CancellationToken cancellationToken)
    {
        if (await FindAsync(token, cancellationToken) is not var (code, changeId, isNew))
            return null;
        var user = await changes.ConfirmAsync(code.UserId, changeId, isNew, CancellationToken.None);
        if (user?.EmailChange is not { } change)
            return null;
        var isChanged = change is { OldConfirmedAt: not null, NewConfirmedAt: not null };
        if (isChanged && !await ApplyAsync(user, change))
            return null;
        // Last, so that a confirmation that was interrupted can be repeated.
        await codes.RemoveAsync(code.Key, CancellationToken.None);
        return isChanged;
    }

    /// <summary>Refuses a change with the token of a mailed link.</summary>
    /// <returns>False if the token is not valid.</returns>
    internal async Task<bool> RefuseAsync(string token, CancellationToken cancellationToken)
    {
        if (await FindAsync(token, cancellationToken) is not var (code, changeId, _))
            return false;
        if (await changes.RefuseAsync(code.UserId, changeId, CancellationToken.None) is null)
            return false;
        await codes.RemoveAsync(code.Key, CancellationToken.None);
        await audit.WriteAsync(AuditActions.EmailChange, false, code.UserId, "refused");
        return true;
    }

    private async Task<bool> ApplyAsync(UserDocument before, EmailChange change)
    {
        // First, because the links no longer work after the change: an interrupted confirmation is repeated and ends them again.
        await ender.EndOthersAsync(before.Id, change.SessionId);
        if (await changes.ApplyAsync(before, change, CancellationToken.None) is not { } changed)
            return false;
        await audit.WriteAsync(AuditActions.EmailChange, true, changed.Id);
        var mail = IdentityMails.EmailChanged(changed.Username);
        await outbox.AddAllAsync([mail.To(before.Email), mail.To(changed.Email)], CancellationToken.None);
        return true;
    }

    private async Task<string> CreateLinkAsync(ObjectId userId, EmailChange change, string side)
    {
        var token = SecretText.Token();
        await codes.PutAsync(
            new OneTimeCode
            {
                Key = GetKey(token),
                UserId = userId,
                Subject = $"{change.Id}:{side}",
                ExpiresAt = change.ExpiresAt,
            },
            CancellationToken.None
        );
        return address.GetPageUrl(Page, token);
    }

    private async Task<(OneTimeCode Code, ObjectId ChangeId, bool IsNew)?> FindAsync(string token, CancellationToken cancellationToken)
    {
        if (await codes.FindAsync(GetKey(token), cancellationToken) is not { } code)
            return null;
        var parts = code.Subject!.Split(':');
        return (code, ObjectId.Parse(parts[0]), parts[1] == New);
    }

    private static string GetKey(string token) => $"email:{SecretText.Hash(token)}";
}
