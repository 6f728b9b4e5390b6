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

/// <summary>
/// Ends the sessions of an archived or deleted user. They are not begun again by a restore: the generation of tokens only grows.
/// </summary>
internal sealed class UserEffect(IMongoDatabase database, TimeProvider time, RevocationAnnouncer? announce = null) : ICascadeEffect
{
    private static readonly FindOneAndUpdateOptions<UserDocument> After = new() { ReturnDocument = ReturnDocument.After };
    private readonly IMongoCollection<UserDocument> _users = database.GetCollection<UserDocument>(CollectionNames.Users);

    public string Entity => "user";

    public async Task RunAsync(CascadeChange change, CancellationToken cancellationToken)
    {
        if (!change.IsGone)
            return;
        var mark = change.Kind == CascadeKind.Archive ? Lifecycle.ArchivedBy : Lifecycle.DeletedBy;
        foreach (var id in change.Ids)
        {
            // Only while the mark stands: a user who was restored meanwhile may have signed in anew.
            var gone = Builders<UserDocument>.Filter.Eq(user => user.Id, id) & Builders<UserDocument>.Filter.Eq(mark, change.Operation);
            var revoked = Builders<UserDocument>.Update.Combine().RevokeTokens(time);
            if (await _users.FindOneAndUpdateAsync(gone, revoked, After, cancellationToken) is not { } user || announce is null)
                continue;
            await announce(RevocationStore.OfUser(id), user.TokenGeneration, time.GetUtcNow() + RevocationStore.Retention);
        }
    }
}
