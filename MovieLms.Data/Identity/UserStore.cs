using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Changes;
using MovieLms.Data.Movies;
using MovieLms.Data.Paging;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Identity;

/// <summary>Users.</summary>
public sealed class UserStore(IMongoDatabase database, TimeProvider time, IChangeSink changes) : IIndexedStore
{
    private const string ExternalIndex = "externalLogins_unique";
    private const string ExternalSubject = "externalLogins.subject";
    private const string EmailIndex = "email_unique";
    private const string RoleIndex = "role";
    private const string NameIndex = "nameWords";
    private readonly IMongoCollection<UserDocument> _users = database.GetCollection<UserDocument>(CollectionNames.Users);

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(
            _users,
            [
                new(Builders<UserDocument>.IndexKeys.Ascending(user => user.EmailNormalized), new() { Name = EmailIndex, Unique = true }),
                new(Builders<UserDocument>.IndexKeys.Ascending(user => user.Role).Ascending(user => user.Id), new() { Name = RoleIndex }),
                Indexes.On<UserDocument>(NameIndex, UserSearch.NameWords),
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

    /// <summary>Adds a user and sets its ID, version and timestamps.</summary>
    /// <returns>Null if the address is already in use.</returns>
    public async Task<UserDocument?> AddAsync(UserDocument user, CancellationToken cancellationToken)
    {
        // BSON dates have millisecond precision: the returned value must equal the stored one.
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        var stored = user with
        {
            NameWords = SearchWords.Of(user.Username),
            Id = ObjectId.GenerateNewId(),
            Version = 1,
            CreatedAt = now,
            UpdatedAt = now,
        };
        return await _users.TryInsertAsync(stored, cancellationToken) ? stored : null;
    }

    /// <summary>Returns a user, even an archived one.</summary>
    public async Task<UserDocument?> FindAsync(ObjectId id, CancellationToken cancellationToken) =>
        await _users.Find(user => user.Id == id).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Returns the user with a normalized address, even an archived one. Uses the index <c>email_unique</c>.</summary>
    public async Task<UserDocument?> FindByEmailAsync(string emailNormalized, CancellationToken cancellationToken) =>
        await _users.Find(user => user.EmailNormalized == emailNormalized).FirstOrDefaultAsync(cancellationToken);

    /// <summary>
    /// Returns the IDs of active users by normalized address. Unknown addresses are omitted. Uses the index <c>email_unique</c>.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, ObjectId>> GetIdsByEmailAsync(
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

    /// <summary>Returns those of the IDs that belong to active users.</summary>
    public async Task<IReadOnlySet<ObjectId>> GetActiveIdsAsync(IReadOnlyCollection<ObjectId> ids, CancellationToken cancellationToken)
    {
        var found = await database
            .GetCollection<BsonDocument>(CollectionNames.Users)
            .Find(Lookups.ById(ids).Add("archivedAt", BsonNull.Value))
            .Project(new BsonDocument("_id", 1))
            .ToListAsync(cancellationToken);
        return found.Select(user => user["_id"].AsObjectId).ToHashSet();
    }

    /// <summary>Returns the addresses of the users who are active and want announcements by mail.</summary>
    public async Task<IReadOnlyList<(ObjectId Id, string Email)>> GetAnnouncementAddressesAsync(
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
    /// Returns the user whom an external account signs in. Uses the index <c>externalLogins_unique</c>: the filter also names the
    /// subject outside <c>$elemMatch</c>, because a partial index serves only queries that name its filter's field.
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

    /// <summary>
    /// Returns one page of users, in the order of <see cref="UserSearch.SortOf"/>. Uses the index <c>role</c> or <c>_id_</c>; for a search,
    /// <c>nameWords</c> or <c>email_unique</c>, or the index that begins with the role.
    /// </summary>
    /// <param name="role">Only users of this role; null for all.</param>
    /// <param name="search">Prefixes of words of the name or, with an at sign, a prefix of the address; null for all users.</param>
    /// <param name="cursor">The position at which the page starts; null for the first page.</param>
    /// <param name="limit">Maximum number of users.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public async Task<Page<UserDocument>> ListAsync(
        string? role,
        string? search,
        PageCursor? cursor,
        PageLimit limit,
        CancellationToken cancellationToken
    )
    {
        var query = new BsonDocument();
        if (role is not null)
            query.Add("role", role);
        if (!UserSearch.TryAdd(query, search))
            return Page<UserDocument>.Empty(limit);
        var sort = UserSearch.SortOf(search);
        var total = await _users.CountTotalAsync(query, limit, cancellationToken);
        UserSearch.After(query, cursor, sort);
        var found = await _users.Find(query).Sort(UserSearch.Order(sort)).Limit(limit.Items + 1).ToListAsync(cancellationToken);
        return UserSearch.Page(found, limit, sort, total);
    }

    /// <summary>Counts the active users with a role. Uses an index that begins with the role.</summary>
    public Task<long> CountActiveAsync(string role, CancellationToken cancellationToken) =>
        _users.CountDocumentsAsync(user => user.Role == role && user.ArchivedAt == null, cancellationToken: cancellationToken);

    /// <summary>Returns the names that others see, by ID. Unknown IDs are omitted.</summary>
    public async Task<IReadOnlyDictionary<ObjectId, string>> GetNamesAsync(
        IReadOnlyCollection<ObjectId> ids,
        CancellationToken cancellationToken
    )
    {
        var found = await database
            .GetCollection<BsonDocument>(CollectionNames.Users)
            .FieldsOfAsync(Lookups.ById(ids), "username", cancellationToken);
        return found.ToDictionary(user => user.Id, user => user.Value.AsString);
    }

    /// <summary>Returns true if an active user has the role. Uses an index that begins with the role.</summary>
    public Task<bool> AnyWithRoleAsync(string role, CancellationToken cancellationToken) =>
        _users.Find(user => user.Role == role && user.ArchivedAt == null).Limit(1).AnyAsync(cancellationToken);

    /// <summary>
    /// Replaces a password hash with one of the same password and a higher cost. Does nothing if the password has changed since.
    /// </summary>
    public Task RehashAsync(ObjectId id, string oldHash, string newHash, CancellationToken cancellationToken) =>
        _users.UpdateOneAsync(
            user => user.Id == id && user.PasswordHash == oldHash,
            Builders<UserDocument>.Update.Set(user => user.PasswordHash, newHash),
            cancellationToken: cancellationToken
        );

    /// <summary>Changes a user's profile. Another phone number is unverified.</summary>
    /// <returns>The changed user; null if no user has this ID and, unless null, the expected version.</returns>
    public async Task<UserDocument?> UpdateProfileAsync(
        ObjectId id,
        IReadOnlyCollection<long>? versions,
        ProfileChange change,
        CancellationToken cancellationToken
    )
    {
        var update = Builders<UserDocument>
            .Update.Set(user => user.Username, change.Username)
            .Set(user => user.NameWords, SearchWords.Of(change.Username));
        if (change.MailPreferences.Announcements is { } announcements)
            update = update.Set(user => user.MailPreferences.Announcements, announcements);
        if (change.MailPreferences.Digests is { } digests)
            update = update.Set(user => user.MailPreferences.Digests, digests);
        if (change.MailPreferences.Reports is { } reports)
            update = update.Set(user => user.MailPreferences.Reports, reports);
        if (!change.HasPhone)
            return await FindAndUpdateAsync(Filter(id, versions), update, cancellationToken);
        var unchanged = await FindAndUpdateAsync(
            Filter(id, versions) & Builders<UserDocument>.Filter.Eq(user => user.Phone, change.Phone),
            update,
            cancellationToken
        );
        if (unchanged is not null)
            return unchanged;
        update = change.Phone is null ? update.Unset(user => user.Phone) : update.Set(user => user.Phone, change.Phone);
        return await FindAndUpdateAsync(Filter(id, versions), update.Unset(user => user.PhoneVerifiedAt), cancellationToken);
    }

    private static FilterDefinition<UserDocument> Filter(ObjectId id, IReadOnlyCollection<long>? versions) =>
        new BsonDocument("_id", id).WithVersions(versions);

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
