using MovieLms.Data.Cascades;
using MovieLms.Data.Identity;

namespace MovieLms.Data.PersonalData;

/// <summary>Erases the accounts whose users asked for it and whose grace period has ended.</summary>
public sealed class AccountErasure(AccountDeletionStore deletions, CascadeStore cascades, PersonalDataEraser eraser, AuditStore audit)
{
    private const string Action = "account.erase";
    private const int MaxAccounts = 1_000;

    /// <summary>Erases the accounts that are due. Can be repeated after an interruption.</summary>
    /// <returns>The number of erased accounts.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var erased = 0;
        foreach (var user in await deletions.ListDueAsync(MaxAccounts, cancellationToken))
        {
            if (!await IsOwnRequestAsync(user, cancellationToken) || !await deletions.TryBeginErasureAsync(user.Id, cancellationToken))
                continue;
            await EraseAsync(user, cancellationToken);
            erased++;
        }
        return erased;
    }

    /// <summary>
    /// Returns true if the users themselves archived the account. Otherwise an administrator archived it after a request to delete it was
    /// interrupted.
    /// </summary>
    private async Task<bool> IsOwnRequestAsync(UserDocument user, CancellationToken cancellationToken) =>
        user.ErasureStartedAt is not null
        || (
            user.ArchivedBy is { } archiving
            && await cascades.FindAsync(archiving, cancellationToken) is { } operation
            && operation.By == user.Id
        );

    private async Task EraseAsync(UserDocument user, CancellationToken cancellationToken)
    {
        // The marks of the archiving disappear with the documents, so its record may expire.
        if (user.ArchivedBy is { } archiving)
            await cascades.ExpireAsync(archiving, cancellationToken);
        await audit.AddAsync(
            new AuditEntry
            {
                Action = Action,
                Succeeded = true,
                UserId = user.Id,
            },
            cancellationToken
        );
        await eraser.EraseAsync(user, cancellationToken);
    }
}
