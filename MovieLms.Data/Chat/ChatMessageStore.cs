using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Chat;

/// <summary>Stores the messages of all rooms: appends, reads by number in both directions, edits and deletes.</summary>
public sealed class ChatMessageStore(IMongoDatabase database, TimeProvider time) : IIndexedStore
{
    internal const string SequenceIndex = "roomId_sequence_unique";
    internal const string ClientIndex = "userId_clientMessageId_unique";
    private const int MaxAttempts = 200;
    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromMilliseconds(60);
    private static readonly FindOneAndUpdateOptions<ChatMessageDocument> After = new() { ReturnDocument = ReturnDocument.After };
    private static readonly InsertManyOptions InOrder = new() { IsOrdered = true };
    private readonly IMongoCollection<ChatMessageDocument> _messages = database.GetCollection<ChatMessageDocument>(
        CollectionNames.ChatMessages
    );

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(
            _messages,
            [
                Indexes.Unique<ChatMessageDocument>(SequenceIndex, MessageFields.RoomId, MessageFields.Sequence),
                Indexes.Unique<ChatMessageDocument>(ClientIndex, MessageFields.UserId, MessageFields.ClientMessageId),
            ],
            cancellationToken
        );

    /// <summary>
    /// Appends messages to a room in order, each with the next number. When another process appends to the room at the same time, the
    /// unique index lets one of them succeed and the other retries with the numbers that follow.
    /// </summary>
    /// <remarks>
    /// <c>lastKnown</c> is a hint: the last number of the room that the caller knows, or null to read it. Cancellation has no effect after
    /// the first write.
    /// </remarks>
    /// <returns>
    /// The stored messages in the order of the drafts. For a client message ID that the author used before, the earlier message, which may
    /// be in another room.
    /// </returns>
    public async Task<IReadOnlyList<ChatMessageDocument>> AppendAsync(
        ObjectId roomId,
        IReadOnlyList<MessageDraft> drafts,
        long? lastKnown,
        CancellationToken cancellationToken
    )
    {
        var stored = new List<ChatMessageDocument>(drafts.Count);
        var last = lastKnown ?? await GetLastSequenceAsync(roomId, cancellationToken);
        for (var attempt = 1; stored.Count < drafts.Count; attempt++)
        {
            var documents = CreateDocuments(roomId, drafts.Skip(stored.Count), last);
            try
            {
                await _messages.InsertManyAsync(documents, InOrder, CancellationToken.None);
                stored.AddRange(documents);
                return stored;
            }
            catch (MongoBulkWriteException e)
                when (e.WriteConcernError is null && e.WriteErrors is [{ Category: ServerErrorCategory.DuplicateKey }])
            {
                var failed = e.WriteErrors[0].Index;
                stored.AddRange(documents.Take(failed));
                last += failed;
                if (await FindByClientIdAsync(documents[failed].UserId, documents[failed].ClientMessageId) is { } earlier)
                {
                    stored.Add(earlier);
                    continue;
                }
                if (attempt == MaxAttempts)
                    throw new TimeoutException($"Another process used the next number of the room first, in {MaxAttempts} attempts.");
                if (attempt > 1)
                    await Task.Delay(MaxRetryDelay * (Random.Shared.NextDouble() * Math.Min(attempt, 8) / 8), time, CancellationToken.None);
                last = Math.Max(last, await GetLastSequenceAsync(roomId, CancellationToken.None));
            }
        }
        return stored;
    }

    /// <summary>Returns the number of a room's last message; 0 when it has none. Uses the index <c>roomId_sequence_unique</c>.</summary>
    public async Task<long> GetLastSequenceAsync(ObjectId roomId, CancellationToken cancellationToken) =>
        (
            await _messages
                .Find(new BsonDocument(MessageFields.RoomId, roomId))
                .Sort(Descending)
                .Limit(1)
                .FirstOrDefaultAsync(cancellationToken)
        )?.Sequence
        ?? 0;

    /// <summary>
    /// Returns the messages before a number, or the newest for null, in ascending order. Uses the index <c>roomId_sequence_unique</c>.
    /// </summary>
    public async Task<IReadOnlyList<ChatMessageDocument>> ListBeforeAsync(
        ObjectId roomId,
        long? before,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var filter = new BsonDocument(MessageFields.RoomId, roomId);
        if (before is { } sequence)
            filter.Add(MessageFields.Sequence, new BsonDocument("$lt", sequence));
        var found = await _messages.Find(filter).Sort(Descending).Limit(limit).ToListAsync(cancellationToken);
        found.Reverse();
        return found;
    }

    /// <summary>Returns the messages after a number, in ascending order. Uses the index <c>roomId_sequence_unique</c>.</summary>
    public async Task<IReadOnlyList<ChatMessageDocument>> ListAfterAsync(
        ObjectId roomId,
        long after,
        int limit,
        CancellationToken cancellationToken
    ) =>
        await _messages
            .Find(new BsonDocument { { MessageFields.RoomId, roomId }, { MessageFields.Sequence, new BsonDocument("$gt", after) } })
            .Sort(new BsonDocument(MessageFields.Sequence, 1))
            .Limit(limit)
            .ToListAsync(cancellationToken);

    /// <summary>Returns a message, or null when it does not exist or was deleted or archived.</summary>
    public async Task<ChatMessageDocument?> GetAsync(ObjectId id, CancellationToken cancellationToken) =>
        await _messages.Find(Live(id, null)).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Replaces the text of a message. The caller checks the text against <see cref="ChatLimits"/>.</summary>
    /// <remarks>The author must have written the message; it is null for staff, whose rights the caller checks.</remarks>
    /// <returns>Null when the message does not exist, was deleted or archived, or has another author.</returns>
    public async Task<ChatMessageDocument?> EditAsync(ObjectId id, ObjectId? author, string text, CancellationToken cancellationToken)
    {
        var now = time.Now();
        return await _messages.FindOneAndUpdateAsync(
            Live(id, author),
            Builders<ChatMessageDocument>
                .Update.Set(message => message.Text, text)
                .Set(message => message.EditedAt, now)
                .Set(message => message.UpdatedAt, now)
                .Inc(message => message.Version, 1),
            After,
            cancellationToken
        );
    }

    /// <summary>Deletes the text of a message and marks it as deleted. The document and its number stay.</summary>
    /// <inheritdoc cref="EditAsync"/>
    public async Task<ChatMessageDocument?> DeleteAsync(ObjectId id, ObjectId? author, CancellationToken cancellationToken)
    {
        var now = time.Now();
        return await _messages.FindOneAndUpdateAsync(
            Live(id, author),
            Builders<ChatMessageDocument>
                .Update.Unset(message => message.Text)
                .Set(message => message.DeletedAt, now)
                .Set(message => message.UpdatedAt, now)
                .Inc(message => message.Version, 1),
            After,
            cancellationToken
        );
    }

    private static BsonDocument Descending => new(MessageFields.Sequence, -1);

    private static BsonDocument Live(ObjectId id, ObjectId? author)
    {
        var filter = new BsonDocument
        {
            { MessageFields.Id, id },
            { MessageFields.DeletedAt, BsonNull.Value },
            { MessageFields.ArchivedAt, BsonNull.Value },
        };
        if (author is { } userId)
            filter.Add(MessageFields.UserId, userId);
        return filter;
    }

    /// <summary>Uses the index <c>userId_clientMessageId_unique</c>.</summary>
    private async Task<ChatMessageDocument?> FindByClientIdAsync(ObjectId userId, string clientMessageId) =>
        await _messages
            .Find(new BsonDocument { { MessageFields.UserId, userId }, { MessageFields.ClientMessageId, clientMessageId } })
            .FirstOrDefaultAsync(CancellationToken.None);

    private List<ChatMessageDocument> CreateDocuments(ObjectId roomId, IEnumerable<MessageDraft> drafts, long last)
    {
        var now = time.Now();
        return
        [
            .. drafts.Select(
                (draft, index) =>
                    new ChatMessageDocument
                    {
                        Id = ObjectId.GenerateNewId(),
                        RoomId = roomId,
                        Sequence = last + 1 + index,
                        UserId = draft.UserId,
                        Username = draft.Username,
                        Text = draft.Text,
                        ClientMessageId = draft.ClientMessageId,
                        SentAt = now,
                        UpdatedAt = now,
                    }
            ),
        ];
    }
}
