using MongoDB.Bson;

namespace MovieLms.Data.Mail;

/// <summary>A mail to send.</summary>
/// <param name="To">The recipient's address.</param>
/// <param name="Subject">The subject, without line breaks.</param>
/// <param name="Text">The plain-text body.</param>
/// <param name="Html">The HTML body.</param>
public sealed record OutgoingMail(string To, string Subject, string Text, string Html)
{
    /// <summary>The attachments, at most 8 MB in total.</summary>
    public IReadOnlyList<MailAttachment> Attachments { get; init; } = [];

    /// <summary>The deduplication key: only one mail per key is stored, so that a retried job sends no second mail. Optional.</summary>
    public string? Key { get; init; }

    /// <summary>The URL for one-click unsubscribe (RFC 8058); null for mail that the recipient cannot unsubscribe from.</summary>
    public string? Unsubscribe { get; init; }
}

/// <summary>An attachment of a mail.</summary>
/// <param name="Name">The file name, without a path.</param>
/// <param name="ContentType">The media type.</param>
/// <param name="Content">The content in bytes.</param>
public sealed record MailAttachment(string Name, string ContentType, byte[] Content);

/// <summary>The state of a mail in the outbox.</summary>
public enum MailState
{
    /// <summary>Waiting or being sent.</summary>
    Queued,

    /// <summary>Accepted by a mail server.</summary>
    Sent,

    /// <summary>Failed permanently, or after the last attempt.</summary>
    Dead,
}

/// <summary>A stored mail of the outbox.</summary>
public sealed record MailDocument
{
    public ObjectId Id { get; init; }
    public string? Key { get; init; }
    public required string To { get; init; }
    public required string Subject { get; init; }

    /// <summary>Null after the mail was sent, so that links and codes are not kept longer than necessary.</summary>
    public string? Text { get; init; }
    public string? Html { get; init; }
    public IReadOnlyList<MailAttachment> Attachments { get; init; } = [];
    public string? Unsubscribe { get; init; }
    public MailState State { get; init; }

    /// <summary>Number of attempts, including the current one.</summary>
    public int Attempts { get; init; }

    /// <summary>
    /// When the next attempt is due; the epoch before the first attempt. During an attempt: when the lease expires and another sender may
    /// claim the mail.
    /// </summary>
    public DateTimeOffset DueAt { get; init; }

    /// <summary>The kind of the last failure. Contains no addresses.</summary>
    public string? LastError { get; init; }
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The trace span that requested the mail; null if there was none.</summary>
    public string? TraceParent { get; init; }
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>When MongoDB deletes the mail; null while it is waiting.</summary>
    public DateTimeOffset? DeleteAt { get; init; }
}

/// <summary>A stored mail without its content, which may contain links and codes.</summary>
public sealed record QueuedMail
{
    public ObjectId Id { get; init; }
    public required string To { get; init; }
    public required string Subject { get; init; }
    public MailState State { get; init; }
    public int Attempts { get; init; }
    public string? LastError { get; init; }
    public DateTimeOffset DueAt { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>The attachments; empty after the mail was sent.</summary>
    public IReadOnlyList<AttachmentName> Attachments { get; init; } = [];
}

/// <summary>An attachment without its content.</summary>
/// <param name="Name">The file name.</param>
public sealed record AttachmentName(string Name);
