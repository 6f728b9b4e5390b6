using MongoDB.Driver;
using MovieLms.Data.Cascades;
using MovieLms.Data.Changes;
using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Identity;

/// <summary>
/// Ends the sessions of an archived or deleted user. A restore does not revive them: the token generation only increases.
/// </summary>
internal sealed class UserEffect(IMongoDatabase database, TimeProvider time, IChangeSink changes) : ICascadeEffect
{
    private static readonly FindOneAndUpdateOptions<UserDocument> After = new() { ReturnDocument = ReturnDocument.After };
    private readonly IMongoCollection<UserDocument> _users = database.GetCollection<UserDocument>(CollectionNames.Users);

    public string Entity => IdentityEntities.User;

    public async Task RunAsync(CascadeChange change, CancellationToken cancellationToken)
    {
        if (!change.IsGone)
            return;
        var mark = change.Kind == CascadeKind.Archive ? Lifecycle.ArchivedBy : Lifecycle.DeletedBy;
        foreach (var id in change.Ids)
        {
            // Only if the mark is still present: a user who has been restored since may have signed in again.
            var marked = Builders<UserDocument>.Filter.Eq(user => user.Id, id) & Builders<UserDocument>.Filter.Eq(mark, change.Operation);
            var revoked = Builders<UserDocument>.Update.Combine().RevokeTokens(time);
            if (await _users.FindOneAndUpdateAsync(marked, revoked, After, cancellationToken) is not { } user)
                continue;
            var revocation = new TokenRevocation(
                RevocationStore.UserSubject(id),
                user.TokenGeneration,
                time.GetUtcNow() + RevocationStore.Retention
            );
            await changes.PublishAsync(Change.Written(IdentityEntities.User, id) with { Payload = revocation });
        }
    }
}
