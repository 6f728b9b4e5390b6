using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Identity;

/// <summary>An announced removal of an administrator.</summary>
/// <param name="Id">Names the removal: a change that follows from it applies only while the document carries this ID.</param>
/// <param name="At">When it was announced.</param>
public sealed record AdminRemoval(ObjectId Id, DateTimeOffset At);

/// <summary>
/// Ensures that one active administrator remains under concurrent removals, without a transaction. A removal is first announced in
/// the administrator's own document, and proceeds only if there is another administrator without an announcement. Of several
/// concurrent removals, the last to announce finds no such administrator and is refused.
/// </summary>
public sealed class LastAdminGuard(IMongoDatabase database, TimeProvider time)
{
    /// <summary>An older announcement was left behind by a process that crashed.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(30);
    private static readonly FilterDefinitionBuilder<UserDocument> Filter = Builders<UserDocument>.Filter;
    private static readonly UpdateDefinition<UserDocument> Withdrawal = Builders<UserDocument>
        .Update.Unset(user => user.Removal)
        .Inc(user => user.Version, 1);
    private readonly IMongoCollection<UserDocument> _users = database.GetCollection<UserDocument>(CollectionNames.Users);

    /// <summary>Announces the removal of an active administrator.</summary>
    /// <returns>The announced document, whose <see cref="UserDocument.Removal"/> the change must name; null if no other administrator would
    /// remain.</returns>
    public async Task<UserDocument?> TryAnnounceAsync(ObjectId id, string adminRole)
    {
        var removal = new AdminRemoval(ObjectId.GenerateNewId(), time.GetUtcNow());
        var active = Filter.Where(user => user.Role == adminRole && user.ArchivedAt == null && user.DeletedAt == null);
        var announced = await _users.FindOneAndUpdateAsync(
            active & Filter.Eq(user => user.Id, id),
            Builders<UserDocument>.Update.Set(user => user.Removal, removal).Inc(user => user.Version, 1),
            new FindOneAndUpdateOptions<UserDocument> { ReturnDocument = ReturnDocument.After }
        );
        if (announced is null)
            return null;
        var others = active & Filter.Ne(user => user.Id, id);
        if (await HasUnannouncedAsync(others))
            return announced;
        // Expired announcements are withdrawn in the documents, so that the change of a slow process no longer applies.
        await _users.UpdateManyAsync(others & Filter.Lt(user => user.Removal!.At, time.GetUtcNow() - MaxAge), Withdrawal);
        if (await HasUnannouncedAsync(others))
            return announced;
        await WithdrawAsync(id, removal.Id);
        return null;
    }

    /// <summary>Withdraws an announcement whose change was made in another write or will not be made.</summary>
    public Task WithdrawAsync(ObjectId id, ObjectId removalId) =>
        _users.UpdateOneAsync(user => user.Id == id && user.Removal!.Id == removalId, Withdrawal);

    private Task<bool> HasUnannouncedAsync(FilterDefinition<UserDocument> others) =>
        _users.Find(others & Filter.Eq(user => user.Removal, null)).Limit(1).AnyAsync();
}
