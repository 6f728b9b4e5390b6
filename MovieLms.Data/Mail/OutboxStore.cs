using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Paging;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Mail;

/// <summary>Stores mail to send. The Worker sends each mail at least once.</summary>
public sealed class OutboxStore(IMongoDatabase database, TimeProvider time) : IIndexedStore
{
    /// <summary>Maximum total size of the attachments of a mail, in bytes. A MongoDB document is limited to 16 MB.</summary>
    public const int MaxAttachmentBytes = 8 * 1024 * 1024;

    /// <summary>The only order of the list: newest first.</summary>
    public const string Sort = "-id";

    private const string DueIndex = "state_due";
    private const string StateIndex = "state_id";
    private const string KeyIndex = "key_unique";
    private const string ExpiryIndex = "delete_ttl";

    /// <summary>How long a sent mail is kept. During this time a mail with the same key is a duplicate.</summary>
    public static readonly TimeSpan SentRetention = TimeSpan.FromDays(7);

    private static readonly Lease Lease = new() { DueAt = "dueAt", Attempts = "attempts" };
    private static readonly FilterDefinitionBuilder<MailDocument> Filter = Builders<MailDocument>.Filter;
    private static readonly TimeSpan DeadRetention = TimeSpan.FromDays(30);

    /// <summary>The fields of <see cref="QueuedMail"/>, which do not include the content.</summary>
    private static readonly ProjectionDefinition<MailDocument, QueuedMail> Summary = Builders<MailDocument>
        .Projection.Include(mail => mail.To)
        .Include(mail => mail.Subject)
        .Include(mail => mail.State)
        .Include(mail => mail.Attempts)
        .Include(mail => mail.LastError)
        .Include(mail => mail.DueAt)
        .Include(mail => mail.CreatedAt)
        .Include(mail => mail.SentAt)
        .Include("attachments.name");

    private readonly IMongoCollection<MailDocument> _mails = database.GetCollection<MailDocument>(CollectionNames.Outbox);

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(
            _mails,
            [
                new(
                    Builders<MailDocument>.IndexKeys.Ascending(mail => mail.State).Ascending(mail => mail.DueAt),
                    new() { Name = DueIndex }
                ),
                new(
                    Builders<MailDocument>.IndexKeys.Ascending(mail => mail.State).Descending(mail => mail.Id),
                    new() { Name = StateIndex }
                ),
                new(
                    Builders<MailDocument>.IndexKeys.Ascending(mail => mail.Key),
                    new CreateIndexOptions<MailDocument>
                    {
                        Name = KeyIndex,
                        Unique = true,
                        PartialFilterExpression = Builders<MailDocument>.Filter.Exists(mail => mail.Key),
                    }
                ),
                new(
                    Builders<MailDocument>.IndexKeys.Ascending(mail => mail.DeleteAt),
                    new() { Name = ExpiryIndex, ExpireAfter = TimeSpan.Zero }
                ),
            ],
            cancellationToken
        );

    /// <summary>Stores a mail to send.</summary>
    /// <returns>False if a mail with the same key exists.</returns>
    /// <exception cref="ArgumentException">A header value contains a line break, or the attachments are too large.</exception>
    public async Task<bool> AddAsync(OutgoingMail mail, CancellationToken cancellationToken) =>
        await _mails.TryInsertAsync(CreateDocument(mail), cancellationToken);

    /// <summary>Stores several mails to send. Skips mails whose key exists.</summary>
    /// <inheritdoc cref="AddAsync"/>
    public async Task AddAllAsync(IReadOnlyCollection<OutgoingMail> mails, CancellationToken cancellationToken)
    {
        if (mails.Count == 0)
            return;
        try
        {
            await _mails.InsertManyAsync(mails.Select(CreateDocument), new InsertManyOptions { IsOrdered = false }, cancellationToken);
        }
        catch (MongoBulkWriteException e)
            when (e.WriteConcernError is null && e.WriteErrors.All(error => error.Category == ServerErrorCategory.DuplicateKey))
        {
            // An earlier attempt stored them.
        }
    }

    private MailDocument CreateDocument(OutgoingMail mail)
    {
        RequireOneLine(mail.To, nameof(mail.To));
        RequireOneLine(mail.Subject, nameof(mail.Subject));
        RequireOneLine(mail.Unsubscribe ?? string.Empty, nameof(mail.Unsubscribe));
        foreach (var attachment in mail.Attachments)
            RequireOneLine(attachment.Name + attachment.ContentType, nameof(mail.Attachments));
        if (mail.Attachments.Sum(attachment => (long)attachment.Content.Length) > MaxAttachmentBytes)
            throw new ArgumentException($"The attachments of a mail must not exceed {MaxAttachmentBytes} bytes in total.", nameof(mail));
        return new MailDocument
        {
            Id = ObjectId.GenerateNewId(),
            Key = mail.Key,
            To = mail.To,
            Subject = mail.Subject,
            Text = mail.Text,
            Html = mail.Html,
            Attachments = mail.Attachments,
            Unsubscribe = mail.Unsubscribe,
            // Due immediately, even if the clock is set back before the first attempt.
            DueAt = DateTimeOffset.UnixEpoch,
            CreatedAt = time.GetUtcNow(),
            TraceParent = TraceParent.Current,
        };
    }

    /// <summary>Claims the mail that has been due longest, for the duration of the lease. Uses the index <c>state_due</c>.</summary>
    /// <returns>Null if none is due.</returns>
    public async Task<MailDocument?> ClaimAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await _mails.FindOneAndUpdateAsync(
            Queued(Lease.Due(now)),
            Lease.Claim(holder: null, now + duration),
            new FindOneAndUpdateOptions<MailDocument>
            {
                Sort = Builders<MailDocument>.Sort.Ascending(mail => mail.DueAt),
                ReturnDocument = ReturnDocument.After,
            },
            cancellationToken
        );
    }

    /// <summary>Marks a mail as accepted by a mail server and removes its content.</summary>
    public Task MarkSentAsync(ObjectId id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return _mails.UpdateOneAsync(
            mail => mail.Id == id,
            Builders<MailDocument>
                .Update.Set(mail => mail.State, MailState.Sent)
                .Set(mail => mail.SentAt, now)
                .Set(mail => mail.DeleteAt, now + SentRetention)
                .Unset(mail => mail.Text)
                .Unset(mail => mail.Html)
                .Unset(mail => mail.Attachments)
                .Unset(mail => mail.LastError),
            cancellationToken: cancellationToken
        );
    }

    /// <summary>
    /// Records a failed attempt. Changes nothing if the lease expired and another process has claimed the mail.
    /// </summary>
    /// <param name="mail">The mail as claimed.</param>
    /// <param name="error">The kind of failure.</param>
    /// <param name="retryAt">The time of the next attempt; null if there is none.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    public Task MarkFailedAsync(MailDocument mail, string error, DateTimeOffset? retryAt, CancellationToken cancellationToken)
    {
        var update = Builders<MailDocument>.Update.Set(m => m.LastError, error);
        update = retryAt is { } at
            ? update.Set(m => m.DueAt, at)
            : update.Set(m => m.State, MailState.Dead).Set(m => m.DeleteAt, time.GetUtcNow() + DeadRetention);
        return _mails.UpdateOneAsync(
            Queued(Lease.Claimed(mail.Attempts)) & Filter.Eq(m => m.Id, mail.Id),
            update,
            cancellationToken: cancellationToken
        );
    }

    /// <summary>
    /// Counts the mails that have been waiting longer than <paramref name="late"/>, and the mails that failed permanently. Uses the index
    /// <c>state_due</c>.
    /// </summary>
    public async Task<(long Overdue, long Dead)> CountAsync(TimeSpan late, CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow() - late;
        var overdue = await _mails.CountDocumentsAsync(
            mail => mail.State == MailState.Queued && mail.CreatedAt < before,
            cancellationToken: cancellationToken
        );
        return (overdue, await _mails.CountDocumentsAsync(mail => mail.State == MailState.Dead, cancellationToken: cancellationToken));
    }

    /// <summary>Returns the number of waiting mails and the time at which the oldest was stored. Uses the index <c>state_due</c>.</summary>
    public async Task<(long Waiting, DateTimeOffset? OldestSince)> GetWaitingAsync(CancellationToken cancellationToken)
    {
        var waiting = await _mails
            .Aggregate()
            .Match(mail => mail.State == MailState.Queued)
            .Group(mail => mail.State, group => new { Count = group.LongCount(), Oldest = group.Min(mail => mail.CreatedAt) })
            .FirstOrDefaultAsync(cancellationToken);
        return waiting is null ? (0, null) : (waiting.Count, waiting.Oldest);
    }

    /// <summary>
    /// Returns one page without the content of the mails, newest first; null includes all states. Uses the index <c>state_id</c> or
    /// <c>_id_</c>.
    /// </summary>
    public async Task<Page<QueuedMail>> ListAsync(
        MailState? state,
        PageCursor? cursor,
        PageLimit limit,
        CancellationToken cancellationToken
    )
    {
        var filter = state is { } only ? Filter.Eq(mail => mail.State, only) : Filter.Empty;
        var total = await _mails.CountTotalAsync(filter, limit, cancellationToken);
        if (cursor is not null)
            filter &= Filter.Lt(mail => mail.Id, cursor.Id);
        var found = await _mails
            .Find(filter)
            .SortByDescending(mail => mail.Id)
            .Limit(limit.Items + 1)
            .Project(Summary)
            .ToListAsync(cancellationToken);
        return Keyset.Page(found, limit, Sort, mail => (BsonNull.Value, mail.Id), total);
    }

    /// <summary>Makes a mail that failed permanently due at once, with all its attempts. Does not change a mail in another state.</summary>
    /// <returns>The mail afterwards, and whether it was changed; null if it does not exist.</returns>
    public async Task<(QueuedMail Mail, bool IsRetried)?> RetryAsync(ObjectId id, CancellationToken cancellationToken)
    {
        var change = await _mails.UpdateOneAsync(
            mail => mail.Id == id && mail.State == MailState.Dead,
            Builders<MailDocument>
                .Update.Set(mail => mail.State, MailState.Queued)
                .Set(mail => mail.DueAt, DateTimeOffset.UnixEpoch)
                .Set(mail => mail.Attempts, 0)
                .Unset(mail => mail.DeleteAt),
            cancellationToken: cancellationToken
        );
        var found = await _mails.Find(mail => mail.Id == id).Project(Summary).FirstOrDefaultAsync(cancellationToken);
        return found is null ? null : (found, change.ModifiedCount > 0);
    }

    private static FilterDefinition<MailDocument> Queued(BsonDocument lease) => Filter.Eq(mail => mail.State, MailState.Queued) & lease;

    /// <summary>Rejects line breaks in a header value: they would let an attacker inject headers or a body.</summary>
    private static void RequireOneLine(string value, string name)
    {
        if (value.AsSpan().ContainsAny("\r\n\0"))
            throw new ArgumentException("A header value of a mail must not contain a line break.", name);
    }
}
