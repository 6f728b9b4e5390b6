using MongoDB.Bson;

namespace MovieLms.Data.Mail;

/// <summary>A mail to be sent.</summary>
/// <param name="To">The recipient's address.</param>
/// <param name="Subject">One line.</param>
/// <param name="Text">The plain-text form.</param>
/// <param name="Html">The HTML form.</param>
public sealed record OutgoingMail(string To, string Subject, string Text, string Html)
{
    /// <summary>Files to go with it; together at most 8 MB.</summary>
    public IReadOnlyList<MailAttachment> Attachments { get; init; } = [];

    /// <summary>The same key again adds no second mail: a retried job names what it reports on.</summary>
    public string? Key { get; init; }

    /// <summary>An address that ends mail of this kind when it is posted to (RFC 8058); null for mail that an account needs.</summary>
    public string? Unsubscribe { get; init; }
}

/// <summary>A file of a mail.</summary>
/// <param name="Name">Its name, without a path.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Content">Its bytes.</param>
public sealed record MailAttachment(string Name, string ContentType, byte[] Content);

/// <summary>Where a mail of the outbox stands.</summary>
public enum MailState
{
    /// <summary>To be sent, or being sent.</summary>
    Queued,

    /// <summary>A server has taken it.</summary>
    Sent,

    /// <summary>Given up after many attempts, or refused for good.</summary>
    Dead,
}

/// <summary>A mail of the outbox, as it is stored.</summary>
public sealed record MailDocument
{
    public ObjectId Id { get; init; }
    public string? Key { get; init; }
    public required string To { get; init; }
    public required string Subject { get; init; }

    /// <summary>Null once it is sent: links and codes are not kept longer than they must be.</summary>
    public string? Text { get; init; }
    public string? Html { get; init; }
    public IReadOnlyList<MailAttachment> Attachments { get; init; } = [];
    public string? Unsubscribe { get; init; }
    public MailState State { get; init; }

    /// <summary>Attempts so far, the one under way included.</summary>
    public int Attempts { get; init; }

    /// <summary>
    /// When it may be tried again; the epoch before the first attempt. While a sender is at it: when another may conclude that it has died.
    /// </summary>
    public DateTimeOffset DueAt { get; init; }

    /// <summary>Why the last attempt failed, without addresses.</summary>
    public string? LastError { get; init; }
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The span that asked for it; null where nobody recorded one.</summary>
    public string? TraceParent { get; init; }
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>MongoDB deletes it then; null while it waits.</summary>
    public DateTimeOffset? DeleteAt { get; init; }
}
