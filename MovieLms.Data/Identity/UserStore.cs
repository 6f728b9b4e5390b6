using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Changes;
using MovieLms.Data.Movies;
using MovieLms.Data.Paging;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Identity;

/// <summary>The users.</summary>
public sealed class UserStore(IMongoDatabase database, TimeProvider time, IChangeSink changes) : IIndexedStore
{
    /// <summary>The one order of lists: newest first.</summary>
    public const string Sort = "-id";

    private const string ExternalIndex = "externalLogins_unique";
    private const string ExternalSubject = "externalLogins.subject";
    private const string EmailIndex = "email_unique";
    private const string RoleIndex = "role";
    private readonly IMongoCollection<UserDocument> _users = database.GetCollection<UserDocument>(CollectionNames.Users);

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(
            _users,
            [
                new(Builders<UserDocument>.IndexKeys.Ascending(user => user.EmailNormalized), new() { Name = EmailIndex, Unique = true }),
                new(Builders<UserDocument>.IndexKeys.Ascending(user => user.Role).Ascending(user => user.Id), new() { Name = RoleIndex }),
                new(
                    new BsonDocument { { ExternalSubject, 1 }, { "externalLogins.provider", 1 } },
                    new CreateIndexOptions<UserDocument>
                    {
                        Name = ExternalIndex,
                        Unique = true,
                        PartialFilterExpression = new BsonDocument(ExternalSubject, new BsonDocument("$exists", true)),
                    }
                ),
            ],
            cancellationToken
        );

    /// <summary>Adds a user; id, version and times are set here.</summary>
    /// <returns>Null when the address is taken.</returns>
    public async Task<UserDocument?> AddAsync(UserDocument user, CancellationToken cancellationToken)
    {
        // BSON dates hold milliseconds: what is returned now must equal what is read later.
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        var stored = user with
        {
            NameWords = SearchWords.Of(user.Username),
            Id = ObjectId.GenerateNewId(),
            Version = 1,
            CreatedAt = now,
            UpdatedAt = now,
        };
        try
        {
            await _users.InsertOneAsync(stored, cancellationToken: cancellationToken);
            return stored;
        }
        catch (MongoWriteException e) when (e.WriteError?.Category == ServerErrorCategory.DuplicateKey)
        {
            return null;
        }
    }

    /// <summary>The user with the id, archived ones too.</summary>
    public async Task<UserDocument?> FindAsync(ObjectId id, CancellationToken cancellationToken) =>
        await _users.Find(user => user.Id == id).FirstOrDefaultAsync(cancellationToken);

    /// <summary>The user with the normalised address, archived ones too. Uses the index <c>email_unique</c>.</summary>
    public async Task<UserDocument?> FindByEmailAsync(string emailNormalized, CancellationToken cancellationToken) =>
        await _users.Find(user => user.EmailNormalized == emailNormalized).FirstOrDefaultAsync(cancellationToken);

    /// <summary>
    /// The ids of active users by their normalised addresses; addresses of nobody are left out. Uses the index <c>email_unique</c>.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, ObjectId>> IdsByEmailAsync(
        IReadOnlyCollection<string> emailsNormalized,
        CancellationToken cancellationToken
    )
    {
        var found = await _users
            .Find(user => emailsNormalized.Contains(user.EmailNormalized) && user.ArchivedAt == null)
            .Project(user => new { user.Id, user.EmailNormalized })
            .ToListAsync(cancellationToken);
        return found.ToDictionary(user => user.EmailNormalized, user => user.Id);
    }

    /// <summary>The addresses of those users who are active and want announcements by mail.</summary>
    public async Task<IReadOnlyList<(ObjectId Id, string Email)>> AnnouncementAddressesAsync(
        IReadOnlyCollection<ObjectId> ids,
        CancellationToken cancellationToken
    )
    {
        var found = await _users
            .Find(user => ids.Contains(user.Id) && user.ArchivedAt == null && user.MailPreferences.Announcements)
            .Project(user => new { user.Id, user.Email })
            .ToListAsync(cancellationToken);
        return [.. found.Select(user => (user.Id, user.Email))];
    }

    /// <summary>
    /// The user whom an account elsewhere signs in. Uses the index <c>externalLogins_unique</c>: the subject is asked for beside the
    /// element that has both, since a partial index serves only what names its own field (manual: "Partial Indexes").
    /// </summary>
    public async Task<UserDocument?> FindByLoginAsync(ExternalLogin login, CancellationToken cancellationToken) =>
        await _users
            .Find(
                Builders<UserDocument>.Filter.Eq(ExternalSubject, login.Subject)
                    & Builders<UserDocument>.Filter.ElemMatch(
                        user => user.ExternalLogins,
                        link => link.Provider == login.Provider && link.Subject == login.Subject
                    )
            )
            .FirstOrDefaultAsync(cancellationToken);

    /// <summary>One page of users, newest first. Uses the index <c>role</c>, or the ids' own.</summary>
    public async Task<Page<UserDocument>> ListAsync(string? role, PageCursor? cursor, int limit, CancellationToken cancellationToken)
    {
        var filter = Builders<UserDocument>.Filter.Empty;
        if (role is not null)
            filter &= Builders<UserDocument>.Filter.Eq(user => user.Role, role);
        if (cursor is not null)
            filter &= Builders<UserDocument>.Filter.Lt(user => user.Id, cursor.Id);
        var found = await _users.Find(filter).SortByDescending(user => user.Id).Limit(limit + 1).ToListAsync(cancellationToken);
        if (found.Count <= limit)
            return new Page<UserDocument>(found, null);
        found.RemoveAt(limit);
        return new Page<UserDocument>(found, new PageCursor(Sort, BsonNull.Value, found[^1].Id).Encode());
    }

    /// <summary>How many active users have the role. Uses an index that begins with the role.</summary>
    public Task<long> CountActiveAsync(string role, CancellationToken cancellationToken) =>
        _users.CountDocumentsAsync(user => user.Role == role && user.ArchivedAt == null, cancellationToken: cancellationToken);

    /// <summary>The names that others see, by id; ids without a user are left out.</summary>
    public async Task<IReadOnlyDictionary<ObjectId, string>> NamesAsync(
        IReadOnlyCollection<ObjectId> ids,
        CancellationToken cancellationToken
    )
    {
        var found = await database
            .GetCollection<BsonDocument>(CollectionNames.Users)
            .FieldsOfAsync(Lookups.ById(ids), "username", cancellationToken);
        return found.ToDictionary(user => user.Id, user => user.Value.AsString);
    }

    /// <summary>True when an active user has the role. Uses an index that begins with the role.</summary>
    public Task<bool> AnyWithRoleAsync(string role, CancellationToken cancellationToken) =>
        _users.Find(user => user.Role == role && user.ArchivedAt == null).Limit(1).AnyAsync(cancellationToken);

    /// <summary>
    /// Replaces a password hash by one of the same password and a newer cost; does nothing when it has changed meanwhile.
    /// </summary>
    public Task RehashAsync(ObjectId id, string oldHash, string newHash, CancellationToken cancellationToken) =>
        _users.UpdateOneAsync(
            user => user.Id == id && user.PasswordHash == oldHash,
            Builders<UserDocument>.Update.Set(user => user.PasswordHash, newHash),
            cancellationToken: cancellationToken
        );

    /// <summary>Changes a user's own profile.</summary>
    /// <param name="id">Whose.</param>
    /// <param name="expectedVersion">The version the caller knows; null for whichever is current.</param>
    /// <param name="username">The name others see.</param>
    /// <param name="phone">E.164, or null for none; another number than before is no longer a verified one.</param>
    /// <param name="preferences">What mail is wanted.</param>
    /// <param name="cancellationToken">The request's.</param>
    /// <returns>The changed user; null when there is none of that id and version.</returns>
    public async Task<UserDocument?> UpdateProfileAsync(
        ObjectId id,
        long? expectedVersion,
        string username,
        string? phone,
        MailPreferences preferences,
        CancellationToken cancellationToken
    )
    {
        var update = Builders<UserDocument>
            .Update.Set(user => user.Username, username)
            .Set(user => user.NameWords, SearchWords.Of(username))
            .Set(user => user.MailPreferences, preferences);
        var unchanged = await FindAndUpdateAsync(
            Filter(id, expectedVersion) & Builders<UserDocument>.Filter.Eq(user => user.Phone, phone),
            update,
            cancellationToken
        );
        if (unchanged is not null)
            return unchanged;
        update = phone is null ? update.Unset(user => user.Phone) : update.Set(user => user.Phone, phone);
        return await FindAndUpdateAsync(Filter(id, expectedVersion), update.Unset(user => user.PhoneVerifiedAt), cancellationToken);
    }

    private static FilterDefinition<UserDocument> Filter(ObjectId id, long? version) =>
        version is { } expected
            ? Builders<UserDocument>.Filter.Where(user => user.Id == id && user.Version == expected)
            : Builders<UserDocument>.Filter.Where(user => user.Id == id);

    private async Task<UserDocument?> FindAndUpdateAsync(
        FilterDefinition<UserDocument> filter,
        UpdateDefinition<UserDocument> update,
        CancellationToken cancellationToken
    )
    {
        var written = await _users.FindOneAndUpdateAsync(
            filter,
            update.Inc(user => user.Version, 1).Set(user => user.UpdatedAt, time.GetUtcNow()),
            new FindOneAndUpdateOptions<UserDocument> { ReturnDocument = ReturnDocument.After },
            cancellationToken
        );
        if (written is not null)
            await changes.PublishAsync(Change.Written(IdentityEntities.User, written.Id));
        return written;
    }
}
