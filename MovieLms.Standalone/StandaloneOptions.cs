namespace MovieLms.Standalone;

/// <summary>What the command line asks of Standalone.</summary>
public sealed record StandaloneOptions
{
    /// <summary>Where data is kept; made when it does not exist.</summary>
    public string DataDirectory { get; init; } = "data";

    /// <summary>Keep nothing: memory and a temporary folder that goes with the process.</summary>
    public bool Ephemeral { get; init; }

    /// <summary>The embedded MongoDB's port on loopback; 0 for any free one.</summary>
    public int MongoPort { get; init; } = 5427;

    /// <summary>The embedded Redis' port on loopback; 0 for any free one.</summary>
    public int RedisPort { get; init; } = 5479;

    /// <summary>The embedded Redis' password; null for a random one.</summary>
    public string? RedisPassword { get; init; }

    /// <summary>The embedded mail catcher's SMTP port on loopback; 0 for any free one.</summary>
    public int SmtpPort { get; init; } = 5425;

    /// <summary>The port of the inbox page on loopback when only backing services run; 0 for any free one.</summary>
    public int MailPort { get; init; } = 5480;

    /// <summary>Start no MovieLms service, only these backing services.</summary>
    public BackingKinds? BackingOnly { get; init; }

    /// <summary>Import the sample films at the first start.</summary>
    public bool Sample { get; init; }

    /// <summary>Run the embedded database although the environment is Production.</summary>
    public bool AllowEmbedded { get; init; }
}

/// <summary>The backing services that Standalone can bring itself.</summary>
[Flags]
public enum BackingKinds
{
    None = 0,
    Mongo = 1,
    Redis = 2,
    Mail = 4,
    All = Mongo | Redis | Mail,
}

/// <summary>Something the person who starts Standalone can put right; its message is one sentence for them.</summary>
public class StandaloneException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Another process holds the data folder.</summary>
public sealed class DataFolderInUseException(string message, Exception inner) : StandaloneException(message, inner);
