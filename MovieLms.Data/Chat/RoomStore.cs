using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Chat;

/// <summary>Stores rooms and the users' read marks.</summary>
public sealed class RoomStore(IMongoDatabase database, TimeProvider time) : IIndexedStore
{
    internal const string NameIndex = "name_unique";
    internal const string UserIndex = "userIds_lastMessageAt";
    internal const string MarkIndex = "userId_roomId_unique";

    private static readonly BsonDocument[] CountedByRoom = PipelineText.Parse(
        """
        [ { $group: { _id: "$roomId", count: { $sum: 1 } } } ]
        """
    );

    private readonly IMongoCollection<RoomDocument> _rooms = database.GetCollection<RoomDocument>(CollectionNames.Rooms);
    private readonly IMongoCollection<ReadMarkDocument> _marks = database.GetCollection<ReadMarkDocument>(CollectionNames.ReadMarks);
    private readonly IMongoCollection<ChatMessageDocument> _messages = database.GetCollection<ChatMessageDocument>(
        CollectionNames.ChatMessages
    );

    /// <inheritdoc/>
    public async Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken)
    {
        await indexes.AddAsync(
            _rooms,
            [
                Indexes.Unique<RoomDocument>(NameIndex, RoomFields.Name),
                Indexes.On<RoomDocument>(UserIndex, RoomFields.UserIds, RoomFields.LastMessageAt),
            ],
            cancellationToken
        );
        await indexes.AddAsync(
            _marks,
            [Indexes.Unique<ReadMarkDocument>(MarkIndex, RoomFields.UserId, RoomFields.RoomId)],
            cancellationToken
        );
    }

    /// <summary>
    /// Returns the room with a name, even if deleted or archived; null when it has no messages yet. Uses the index <c>name_unique</c>.
    /// </summary>
    public async Task<RoomDocument?> FindAsync(string name, CancellationToken cancellationToken) =>
        await _rooms.Find(new BsonDocument(RoomFields.Name, name)).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Returns the room with an ID, even if deleted or archived.</summary>
    public async Task<RoomDocument?> GetAsync(ObjectId id, CancellationToken cancellationToken) =>
        await _rooms.Find(new BsonDocument(RoomFields.Id, id)).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Returns the room with a name and creates it if necessary. Uses the index <c>name_unique</c>.</summary>
    /// <remarks>
    /// The caller checks the name and the access to the room. The course is null except for a course's room, and the users are empty
    /// except for a direct room.
    /// </remarks>
    public async Task<RoomDocument> GetOrCreateAsync(
        string name,
        ObjectId? courseId,
        IReadOnlyList<ObjectId> userIds,
        CancellationToken cancellationToken
    )
    {
        if (await FindAsync(name, cancellationToken) is { } existing)
            return existing;
        var now = time.Now();
        // Inserts nothing if another process created the same room first.
        await _rooms.TryInsertAsync(
            new RoomDocument
            {
                Id = ObjectId.GenerateNewId(),
                Name = name,
                CourseId = courseId,
                UserIds = userIds,
                CreatedAt = now,
                UpdatedAt = now,
            },
            cancellationToken
        );
        return await _rooms.Find(new BsonDocument(RoomFields.Name, name)).FirstAsync(cancellationToken);
    }

    /// <summary>Returns the rooms with these names that exist. Uses the index <c>name_unique</c>.</summary>
    public async Task<IReadOnlyList<RoomDocument>> ListAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken) =>
        await _rooms.Find(new BsonDocument(RoomFields.Name, new BsonDocument("$in", new BsonArray(names)))).ToListAsync(cancellationToken);

    /// <summary>Returns a user's direct rooms, latest message first. Uses the index <c>userIds_lastMessageAt</c>.</summary>
    public async Task<IReadOnlyList<RoomDocument>> ListDirectAsync(ObjectId userId, int limit, CancellationToken cancellationToken) =>
        await _rooms
            .Find(new BsonDocument { { RoomFields.UserIds, userId }, { RoomFields.DeletedAt, BsonNull.Value } })
            .Sort(new BsonDocument(RoomFields.LastMessageAt, -1))
            .Limit(limit)
            .ToListAsync(cancellationToken);

    /// <summary>Returns true if two users have a direct room. Uses the index <c>userIds_lastMessageAt</c>.</summary>
    public Task<bool> HasDirectAsync(ObjectId first, ObjectId second, CancellationToken cancellationToken) =>
        _rooms
            .Find(new BsonDocument(RoomFields.UserIds, new BsonDocument("$all", new BsonArray { first, second })))
            .Limit(1)
            .AnyAsync(cancellationToken);

    /// <summary>Records a room's last message. An earlier message changes nothing.</summary>
    public Task RecordLastMessageAsync(ObjectId roomId, long sequence, DateTimeOffset sentAt, CancellationToken cancellationToken) =>
        _rooms.UpdateOneAsync(
            new BsonDocument(RoomFields.Id, roomId),
            Builders<RoomDocument>.Update.Max(room => room.LastSequence, sequence).Max(room => room.LastMessageAt, sentAt),
            cancellationToken: cancellationToken
        );

    /// <summary>Moves a user's read mark forward; an earlier number changes nothing. Uses the index <c>userId_roomId_unique</c>.</summary>
    /// <returns>False when the mark was already at the number or after it.</returns>
    public async Task<bool> MarkReadAsync(ObjectId userId, ObjectId roomId, long sequence, CancellationToken cancellationToken)
    {
        var filter = new BsonDocument
        {
            { RoomFields.UserId, userId },
            { RoomFields.RoomId, roomId },
            { RoomFields.Sequence, new BsonDocument("$lt", sequence) },
        };
        var update = Builders<ReadMarkDocument>.Update.Set(mark => mark.Sequence, sequence).Set(mark => mark.UpdatedAt, time.Now());
        // Inserts the mark if there is none. When a later mark exists, the upsert violates the unique index.
        return await _marks.TryUpsertAsync(filter, update, cancellationToken);
    }

    /// <summary>Returns a user's read marks that exist, by room. Uses the index <c>userId_roomId_unique</c>.</summary>
    public async Task<IReadOnlyDictionary<ObjectId, long>> GetReadMarksAsync(
        ObjectId userId,
        IReadOnlyCollection<ObjectId> roomIds,
        CancellationToken cancellationToken
    )
    {
        var found = await _marks
            .Find(
                new BsonDocument { { RoomFields.UserId, userId }, { RoomFields.RoomId, new BsonDocument("$in", new BsonArray(roomIds)) } }
            )
            .ToListAsync(cancellationToken);
        return found.ToDictionary(mark => mark.RoomId, mark => mark.Sequence);
    }

    /// <summary>
    /// Counts the unread messages of others per room, up to about <see cref="ChatLimits.Unread"/> each, in one query. Rooms without unread
    /// messages are left out. Uses the index <c>roomId_sequence_unique</c>.
    /// </summary>
    public async Task<IReadOnlyDictionary<ObjectId, int>> CountUnreadAsync(
        ObjectId userId,
        IReadOnlyCollection<RoomDocument> rooms,
        IReadOnlyDictionary<ObjectId, long> marks,
        CancellationToken cancellationToken
    )
    {
        var unread = rooms
            .Select(room => (room.Id, room.LastSequence, Read: marks.GetValueOrDefault(room.Id)))
            .Where(room => room.LastSequence > room.Read)
            .Select(room => new BsonDocument
            {
                { MessageFields.RoomId, room.Id },
                { MessageFields.Sequence, new BsonDocument("$gt", Math.Max(room.Read, room.LastSequence - ChatLimits.Unread)) },
            })
            .ToArray();
        if (unread.Length == 0)
            return new Dictionary<ObjectId, int>();
        BsonDocument[] stages =
        [
            PipelineText.Stage("$match", new BsonDocument("$or", new BsonArray(unread))),
            PipelineText.Stage(
                "$match",
                new BsonDocument { { MessageFields.UserId, new BsonDocument("$ne", userId) }, { MessageFields.DeletedAt, BsonNull.Value } }
            ),
            .. CountedByRoom,
        ];
        using var cursor = await _messages.AggregateAsync<BsonDocument>(stages, cancellationToken: cancellationToken);
        var counts = await cursor.ToListAsync(cancellationToken);
        return counts.ToDictionary(count => count["_id"].AsObjectId, count => count["count"].ToInt32());
    }
}
