namespace MovieLms.Standalone;

/// <summary>The command-line options of Standalone.</summary>
public sealed record StandaloneOptions
{
    /// <summary>The folder for the data, created if needed.</summary>
    public string DataDirectory { get; init; } = "data";

    /// <summary>True to keep all data in memory and in a temporary folder that is deleted when the process ends.</summary>
    public bool Ephemeral { get; init; }

    /// <summary>The embedded MongoDB's port on loopback; 0 for any free port.</summary>
    public int MongoPort { get; init; } = 5427;

    /// <summary>The embedded MongoDB's password; null for the random password of the data folder.</summary>
    public string? MongoPassword { get; init; }

    /// <summary>The embedded Redis' port on loopback; 0 for any free port.</summary>
    public int RedisPort { get; init; } = 5479;

    /// <summary>The embedded Redis' password; null for a random password.</summary>
    public string? RedisPassword { get; init; }

    /// <summary>The embedded mail catcher's SMTP port on loopback; 0 for any free port.</summary>
    public int SmtpPort { get; init; } = 5425;

    /// <summary>The port of the inbox page on loopback when only backing services run; 0 for any free port.</summary>
    public int MailPort { get; init; } = 5480;

    /// <summary>The only backing services to start, without any MovieLms service; null to start everything.</summary>
    public BackingKinds? BackingOnly { get; init; }

    /// <summary>The sizes of the embedded servers' caches.</summary>
    public MemoryOptions Memory { get; init; } = new();

    /// <summary>True to import the sample movies at the first start.</summary>
    public bool Sample { get; init; }

    /// <summary>The e-mail address of a user who gets a new password, printed instead of starting; null to start.</summary>
    public string? ResetPasswordOf { get; init; }

    /// <summary>True to allow the embedded MongoDB in Production.</summary>
    public bool AllowEmbedded { get; init; }
}

/// <summary>The backing services that Standalone can embed.</summary>
[Flags]
public enum BackingKinds
{
    None = 0,
    Mongo = 1,
    Redis = 2,
    Mail = 4,
    All = Mongo | Redis | Mail,
}

/// <summary>An error that the user of the command line can fix. The message is one sentence for that user.</summary>
public class StandaloneException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Thrown when another process uses the data folder.</summary>
public sealed class DataFolderInUseException(string message, Exception inner) : StandaloneException(message, inner);
