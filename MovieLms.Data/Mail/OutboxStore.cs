using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Mail;

/// <summary>Mail that is to be sent: written with the work it reports, sent by the Worker at least once.</summary>
public sealed class OutboxStore(IMongoDatabase database, TimeProvider time) : IIndexedStore
{
    /// <summary>A document of MongoDB holds 16 MB; the files of one mail stay well below.</summary>
    public const int MaxAttachmentBytes = 8 * 1024 * 1024;

    private const string DueIndex = "state_due";
    private const string KeyIndex = "key_unique";
    private const string ExpiryIndex = "delete_ttl";

    /// <summary>How long a sent mail is remembered: until then its key is refused.</summary>
    public static readonly TimeSpan KeptWhenSent = TimeSpan.FromDays(7);

    private static readonly TimeSpan KeptWhenDead = TimeSpan.FromDays(30);
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

    /// <summary>Accepts a mail for sending.</summary>
    /// <returns>False when one of the same key was accepted before.</returns>
    /// <exception cref="ArgumentException">A header value holds a line break, or the files are too large.</exception>
    public async Task<bool> AddAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        try
        {
            await _mails.InsertOneAsync(Queued(mail), cancellationToken: cancellationToken);
            return true;
        }
        catch (MongoWriteException e) when (e.WriteError?.Category == ServerErrorCategory.DuplicateKey)
        {
            return false;
        }
    }

    /// <summary>Accepts some mails for sending in one go; those whose key was accepted before are left out.</summary>
    /// <inheritdoc cref="AddAsync"/>
    public async Task AddAllAsync(IReadOnlyCollection<OutgoingMail> mails, CancellationToken cancellationToken)
    {
        if (mails.Count == 0)
            return;
        try
        {
            await _mails.InsertManyAsync(mails.Select(Queued), new InsertManyOptions { IsOrdered = false }, cancellationToken);
        }
        catch (MongoBulkWriteException e)
            when (e.WriteConcernError is null && e.WriteErrors.All(error => error.Category == ServerErrorCategory.DuplicateKey))
        {
            // An attempt before this one had got as far.
        }
    }

    private MailDocument Queued(OutgoingMail mail)
    {
        RequireOneLine(mail.To, nameof(mail.To));
        RequireOneLine(mail.Subject, nameof(mail.Subject));
        RequireOneLine(mail.Unsubscribe ?? string.Empty, nameof(mail.Unsubscribe));
        foreach (var attachment in mail.Attachments)
            RequireOneLine(attachment.Name + attachment.ContentType, nameof(mail.Attachments));
        if (mail.Attachments.Sum(attachment => (long)attachment.Content.Length) > MaxAttachmentBytes)
            throw new ArgumentException($"The files of a mail are larger than {MaxAttachmentBytes} bytes together.", nameof(mail));
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
            // At once, whatever the clock says later: it may be set back before the first attempt.
            DueAt = DateTimeOffset.UnixEpoch,
            CreatedAt = time.GetUtcNow(),
            TraceParent = TraceParent.Current,
        };
    }

    /// <summary>Takes the next mail that is due; for as long as the lease nobody else gets it. Uses the index <c>state_due</c>.</summary>
    public async Task<MailDocument?> TakeAsync(TimeSpan lease, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await _mails.FindOneAndUpdateAsync(
            mail => mail.State == MailState.Queued && mail.DueAt <= now,
            Builders<MailDocument>.Update.Set(mail => mail.DueAt, now + lease).Inc(mail => mail.Attempts, 1),
            new FindOneAndUpdateOptions<MailDocument>
            {
                Sort = Builders<MailDocument>.Sort.Ascending(mail => mail.DueAt),
                ReturnDocument = ReturnDocument.After,
            },
            cancellationToken
        );
    }

    /// <summary>Notes that a server has taken it, and forgets what it said.</summary>
    public Task SentAsync(ObjectId id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return _mails.UpdateOneAsync(
            mail => mail.Id == id,
            Builders<MailDocument>
                .Update.Set(mail => mail.State, MailState.Sent)
                .Set(mail => mail.SentAt, now)
                .Set(mail => mail.DeleteAt, now + KeptWhenSent)
                .Unset(mail => mail.Text)
                .Unset(mail => mail.Html)
                .Unset(mail => mail.Attachments)
                .Unset(mail => mail.LastError),
            cancellationToken: cancellationToken
        );
    }

    /// <summary>Notes a failed attempt, to be repeated at a moment, or never.</summary>
    public Task FailedAsync(ObjectId id, string error, DateTimeOffset? retryAt, CancellationToken cancellationToken)
    {
        var update = Builders<MailDocument>.Update.Set(mail => mail.LastError, error);
        update = retryAt is { } at
            ? update.Set(mail => mail.DueAt, at)
            : update.Set(mail => mail.State, MailState.Dead).Set(mail => mail.DeleteAt, time.GetUtcNow() + KeptWhenDead);
        return _mails.UpdateOneAsync(mail => mail.Id == id, update, cancellationToken: cancellationToken);
    }

    /// <summary>
    /// How many have waited for too long since they were written, and how many were given up: for health. Uses the index <c>state_due</c>.
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

    /// <summary>Mail that waits: how many, and since when the oldest does. Uses the index <c>state_due</c>.</summary>
    public async Task<(long Waiting, DateTimeOffset? OldestSince)> WaitingAsync(CancellationToken cancellationToken)
    {
        var waiting = await _mails
            .Aggregate()
            .Match(mail => mail.State == MailState.Queued)
            .Group(mail => mail.State, group => new { Count = group.LongCount(), Oldest = group.Min(mail => mail.CreatedAt) })
            .FirstOrDefaultAsync(cancellationToken);
        return waiting is null ? (0, null) : (waiting.Count, waiting.Oldest);
    }

    /// <summary>A line break in a header value would let its writer add headers or another body.</summary>
    private static void RequireOneLine(string value, string name)
    {
        if (value.AsSpan().ContainsAny("\r\n\0"))
            throw new ArgumentException("A mail's header value holds a line break.", name);
    }
}
