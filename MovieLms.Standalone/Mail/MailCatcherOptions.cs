namespace MovieLms.Standalone.Mail;

/// <summary>Settings and limits of a <see cref="MailCatcher"/>.</summary>
public sealed record MailCatcherOptions
{
    /// <summary>The SMTP port on loopback; 0 for any free port.</summary>
    public int Port { get; init; }

    /// <summary>The folder for the messages.</summary>
    public required string Folder { get; init; }

    /// <summary>Maximum size of a message in bytes. Base64 makes attachments a third larger in transit.</summary>
    public int MaxMessageBytes { get; init; } = 25 * 1_024 * 1_024;

    /// <summary>Maximum number of recipients per message.</summary>
    public int MaxRecipients { get; init; } = 100;

    /// <summary>Maximum number of concurrent sessions.</summary>
    public int MaxSessions { get; init; } = 16;

    /// <summary>Maximum number of stored messages. The oldest are deleted.</summary>
    public int MaxKeptMessages { get; init; } = 1_000;

    /// <summary>Maximum total size of the stored messages in bytes. The oldest are deleted.</summary>
    public long MaxKeptBytes { get; init; } = 256 * 1_024 * 1_024;

    /// <summary>Maximum time to wait for a client's next command or the next part of a message.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Maximum duration of a session.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromMinutes(10);
}
