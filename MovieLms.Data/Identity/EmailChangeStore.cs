using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Identity;

/// <summary>A requested change of an e-mail address, which both addresses must confirm.</summary>
public sealed record EmailChange
{
    /// <summary>Names the request. Links of an earlier request no longer work.</summary>
    public required ObjectId Id { get; init; }

    /// <summary>The new address as entered.</summary>
    public required string Email { get; init; }

    /// <summary>The new address in the form that is compared.</summary>
    public required string EmailNormalized { get; init; }

    /// <summary>The session that requested the change. It continues after the change.</summary>
    public required ObjectId SessionId { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When the old address confirmed the change.</summary>
    public DateTimeOffset? OldConfirmedAt { get; init; }

    /// <summary>When the new address confirmed the change.</summary>
    public DateTimeOffset? NewConfirmedAt { get; init; }
}

/// <summary>Stores requested changes of e-mail addresses in the users' documents.</summary>
public sealed class EmailChangeStore(IMongoDatabase database, TimeProvider time)
{
    private static readonly FilterDefinitionBuilder<UserDocument> Filter = Builders<UserDocument>.Filter;
    private static readonly UpdateDefinitionBuilder<UserDocument> Update = Builders<UserDocument>.Update;
    private readonly IMongoCollection<UserDocument> _users = database.GetCollection<UserDocument>(CollectionNames.Users);

    /// <summary>Stores a request and replaces an earlier one.</summary>
    /// <returns>False if the user is no longer active.</returns>
    public async Task<bool> RequestAsync(ObjectId id, EmailChange change, CancellationToken cancellationToken) =>
        await ChangeAsync(
            Filter.Where(user => user.Id == id && user.ArchivedAt == null),
            Update.Set(user => user.EmailChange, change),
            cancellationToken
        )
            is not null;

    /// <summary>Records that one of the addresses has confirmed. Can be repeated.</summary>
    /// <returns>The user with the request; null if the request was replaced, refused or carried out, or has expired.</returns>
    public Task<UserDocument?> ConfirmAsync(ObjectId id, ObjectId changeId, bool isNew, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return ChangeAsync(
            Pending(id, changeId),
            isNew ? Update.Set(user => user.EmailChange!.NewConfirmedAt, now) : Update.Set(user => user.EmailChange!.OldConfirmedAt, now),
            cancellationToken
        );
    }

    /// <summary>Removes a request.</summary>
    /// <returns>The user; null if the request was replaced, refused or carried out, or has expired.</returns>
    public Task<UserDocument?> RefuseAsync(ObjectId id, ObjectId changeId, CancellationToken cancellationToken) =>
        ChangeAsync(Pending(id, changeId), Update.Unset(user => user.EmailChange), cancellationToken);

    /// <summary>
    /// Carries out a request that both addresses have confirmed. The new address counts as proven if the old one, which confirmed too, was;
    /// otherwise it counts as verified by a link (<see cref="UserDocument.EmailVerifiedByLink"/>).
    /// </summary>
    /// <returns>The changed user; null if a confirmation is missing, or another account has the address.</returns>
    public async Task<UserDocument?> ApplyAsync(UserDocument before, EmailChange change, CancellationToken cancellationToken)
    {
        try
        {
            // Not findAndModify: DocumentDB reports that command's duplicate keys as an internal error.
            var result = await _users.UpdateOneAsync(
                Pending(before.Id, change.Id)
                    & Filter.Where(user => user.EmailChange!.OldConfirmedAt != null && user.EmailChange.NewConfirmedAt != null),
                Touch(
                    Update
                        .Set(user => user.Email, change.Email)
                        .Set(user => user.EmailNormalized, change.EmailNormalized)
                        .Set(user => user.EmailVerifiedAt, time.GetUtcNow())
                        .Set(user => user.EmailVerifiedByLink, !before.IsEmailProven)
                        .Unset(user => user.EmailChange)
                ),
                cancellationToken: cancellationToken
            );
            return result.ModifiedCount == 0
                ? null
                : await _users.Find(user => user.Id == before.Id).FirstOrDefaultAsync(cancellationToken);
        }
        catch (MongoException e) when (e.IsDuplicateKey())
        {
            return null;
        }
    }

    private FilterDefinition<UserDocument> Pending(ObjectId id, ObjectId changeId)
    {
        var now = time.GetUtcNow();
        return Filter.Where(user =>
            user.Id == id && user.ArchivedAt == null && user.EmailChange!.Id == changeId && user.EmailChange.ExpiresAt > now
        );
    }

    private async Task<UserDocument?> ChangeAsync(
        FilterDefinition<UserDocument> filter,
        UpdateDefinition<UserDocument> update,
        CancellationToken cancellationToken
    ) =>
        await _users.FindOneAndUpdateAsync(
            filter,
            Touch(update),
            new FindOneAndUpdateOptions<UserDocument> { ReturnDocument = ReturnDocument.After },
            cancellationToken
        );

    private UpdateDefinition<UserDocument> Touch(UpdateDefinition<UserDocument> update) =>
        update.Inc(user => user.Version, 1).Set(user => user.UpdatedAt, time.GetUtcNow());
}
