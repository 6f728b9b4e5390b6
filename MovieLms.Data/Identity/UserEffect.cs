using MongoDB.Driver;
using MovieLms.Data.Cascades;
using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Identity;

/// <summary>Makes a stored revocation known to the processes at once; they would read it seconds later.</summary>
/// <param name="subject">As <see cref="RevocationStore.OfUser"/> gives it.</param>
/// <param name="generation">The first generation of tokens that is good again.</param>
/// <param name="until">When the last of the earlier ones has expired.</param>
public delegate Task RevocationAnnouncer(string subject, long generation, DateTimeOffset until);

/// <summary>Ends the sessions of an archived or deleted user. They are not begun again by a restore: the generation of tokens only grows.</summary>
internal sealed class UserEffect(IMongoDatabase database, RevocationStore revocations, TimeProvider time, RevocationAnnouncer? announce = null) : ICascadeEffect
{
    /// <summary>Longer than any access token lives (<c>Auth:AccessTokenMinutes</c> is at most 60).</summary>
    private static readonly TimeSpan LongestToken = TimeSpan.FromHours(2);
    private static readonly FindOneAndUpdateOptions<UserDocument> After = new() { ReturnDocument = ReturnDocument.After };
    private readonly IMongoCollection<UserDocument> _users = database.GetCollection<UserDocument>(CollectionNames.Users);

    public string Entity => "user";

    public async Task RunAsync(CascadeChange change, CancellationToken cancellationToken)
    {
        if (!change.IsGone) return;
        var mark = change.Kind == CascadeKind.Archive ? Lifecycle.ArchivedBy : Lifecycle.DeletedBy;
        foreach (var id in change.Ids)
        {
            // Only while the mark stands: a user who was restored meanwhile may have signed in anew.
            var gone = Builders<UserDocument>.Filter.Eq(user => user.Id, id) & Builders<UserDocument>.Filter.Eq(mark, change.Operation);
            var grown = Builders<UserDocument>.Update.Inc(user => user.TokenGeneration, 1);
            if (await _users.FindOneAndUpdateAsync(gone, grown, After, cancellationToken) is not { } user) continue;
            var until = time.GetUtcNow() + LongestToken;
            await revocations.AddAsync(RevocationStore.OfUser(id), user.TokenGeneration, until, cancellationToken);
            if (announce is not null) await announce(RevocationStore.OfUser(id), user.TokenGeneration, until);
        }
    }
}
