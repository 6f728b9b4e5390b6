using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Paging;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Notifications;

/// <summary>Stores notifications. The services' Notifier stores one here and then sends it to the user's open connections.</summary>
public sealed class NotificationStore(IMongoDatabase database, TimeProvider time, NotificationOptions? options = null) : IIndexedStore
{
    /// <summary>The only order of lists: newest first.</summary>
    public const string Sort = "-id";

    internal const string UserIndex = "userId_id";
    internal const string UnreadIndex = "userId_readAt_id";
    internal const string ExpiryIndex = "createdAt_ttl";
    private const int BatchSize = 1_000;
    private readonly IMongoCollection<NotificationDocument> _notifications = database.GetCollection<NotificationDocument>(
        NotificationEntity.Collection
    );

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(
            _notifications,
            [
                Indexes.On<NotificationDocument>(UserIndex, NotificationFields.UserId, NotificationFields.Id),
                Indexes.On<NotificationDocument>(UnreadIndex, NotificationFields.UserId, NotificationFields.ReadAt, NotificationFields.Id),
                new(
                    new BsonDocument { { NotificationFields.UserId, 1 }, { NotificationFields.Key, 1 } },
                    new CreateIndexOptions<NotificationDocument>
                    {
                        Name = "userId_key_unique",
                        Unique = true,
                        PartialFilterExpression = new BsonDocument(NotificationFields.Key, new BsonDocument("$exists", true)),
                    }
                ),
                new(
                    new BsonDocument(NotificationFields.CreatedAt, 1),
                    new CreateIndexOptions { Name = ExpiryIndex, ExpireAfter = (options ?? new NotificationOptions()).Retention }
                ),
            ],
            cancellationToken
        );

    /// <summary>Stores a notification and sets its ID and time.</summary>
    /// <returns>False if the user already has a notification with the same key.</returns>
    public async Task<bool> AddAsync(NotificationDocument notification, CancellationToken cancellationToken) =>
        (await InsertAsync([notification with { Id = ObjectId.GenerateNewId(), CreatedAt = Now() }], cancellationToken)).Count == 1;

    /// <summary>Stores a notification for each of the users.</summary>
    /// <returns>The stored notifications, without those of users who already have one with the same key.</returns>
    public async Task<IReadOnlyList<(ObjectId Id, ObjectId UserId, DateTimeOffset CreatedAt)>> AddAllAsync(
        IReadOnlyCollection<ObjectId> userIds,
        string kind,
        string title,
        string text,
        string? link,
        string? key,
        CancellationToken cancellationToken
    )
    {
        var now = Now();
        var stored = new List<(ObjectId, ObjectId, DateTimeOffset)>(userIds.Count);
        foreach (var batch in userIds.Chunk(BatchSize))
        {
            var documents = batch.Select(userId => new NotificationDocument
            {
                Id = ObjectId.GenerateNewId(),
                UserId = userId,
                Kind = kind,
                Title = title,
                Text = text,
                Link = link,
                Key = key,
                CreatedAt = now,
            });
            foreach (var document in await InsertAsync([.. documents], cancellationToken))
                stored.Add((document.Id, document.UserId, document.CreatedAt));
        }
        return stored;
    }

    /// <summary>
    /// Returns one page of a user's notifications, newest first. Uses the index <c>userId_id</c>, or <c>userId_readAt_id</c> for unread
    /// ones.
    /// </summary>
    public async Task<Page<NotificationDocument>> ListAsync(
        ObjectId userId,
        bool onlyUnread,
        PageCursor? cursor,
        PageLimit limit,
        CancellationToken cancellationToken
    )
    {
        var filter = new BsonDocument(NotificationFields.UserId, userId);
        if (onlyUnread)
            filter.Add(NotificationFields.ReadAt, BsonNull.Value);
        var total = await _notifications.CountTotalAsync(filter, limit, cancellationToken);
        if (cursor is not null)
            filter.Add(NotificationFields.Id, new BsonDocument("$lt", cursor.Id));
        var found = await _notifications
            .Find(filter)
            .Sort(new BsonDocument(NotificationFields.Id, -1))
            .Limit(limit.Items + 1)
            .ToListAsync(cancellationToken);
        return Keyset.Page(found, limit, Sort, notification => (BsonNull.Value, notification.Id), total);
    }

    /// <summary>Counts a user's unread notifications, up to <paramref name="most"/>. Uses the index <c>userId_readAt_id</c>.</summary>
    public Task<long> CountUnreadAsync(ObjectId userId, int most, CancellationToken cancellationToken) =>
        _notifications.CountDocumentsAsync(
            new BsonDocument { { NotificationFields.UserId, userId }, { NotificationFields.ReadAt, BsonNull.Value } },
            new CountOptions { Limit = most },
            cancellationToken
        );

    /// <summary>Marks a user's notification as read. A repeated call keeps the first time.</summary>
    /// <returns>The notification; null if the user has none with this ID.</returns>
    public async Task<NotificationDocument?> MarkReadAsync(ObjectId userId, ObjectId id, CancellationToken cancellationToken)
    {
        await _notifications.UpdateOneAsync(
            new BsonDocument
            {
                { NotificationFields.Id, id },
                { NotificationFields.UserId, userId },
                { NotificationFields.ReadAt, BsonNull.Value },
            },
            Builders<NotificationDocument>.Update.Set(notification => notification.ReadAt, Now()),
            cancellationToken: cancellationToken
        );
        return await _notifications
            .Find(notification => notification.Id == id && notification.UserId == userId)
            .FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>
    /// Marks a user's unread notifications as read, up to and including a time, or all of them if it is null. Uses the index
    /// <c>userId_readAt_id</c>.
    /// </summary>
    /// <returns>How many were unread.</returns>
    public async Task<long> MarkAllReadAsync(ObjectId userId, DateTimeOffset? upTo, CancellationToken cancellationToken)
    {
        var filter = new BsonDocument { { NotificationFields.UserId, userId }, { NotificationFields.ReadAt, BsonNull.Value } };
        if (upTo is { } time)
            filter.Add(NotificationFields.CreatedAt, new BsonDocument("$lte", time.UtcDateTime));
        var result = await _notifications.UpdateManyAsync(
            filter,
            Builders<NotificationDocument>.Update.Set(notification => notification.ReadAt, Now()),
            cancellationToken: cancellationToken
        );
        return result.ModifiedCount;
    }

    private async Task<IReadOnlyList<NotificationDocument>> InsertAsync(
        NotificationDocument[] documents,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await _notifications.InsertManyAsync(documents, new InsertManyOptions { IsOrdered = false }, cancellationToken);
            return documents;
        }
        catch (MongoBulkWriteException e)
            when (e.WriteConcernError is null && e.WriteErrors.All(error => error.Category == ServerErrorCategory.DuplicateKey))
        {
            // Some of the batch were stored before. The others are stored now.
            var duplicates = e.WriteErrors.Select(error => error.Index).ToHashSet();
            return [.. documents.Where((_, index) => !duplicates.Contains(index))];
        }
    }

    /// <summary>Rounds to the milliseconds of BSON dates: the returned value must equal the stored one.</summary>
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
}
