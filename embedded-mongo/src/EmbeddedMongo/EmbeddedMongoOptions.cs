using System.Net;
using EmbeddedMongo.Aggregation;
using EmbeddedMongo.Aggregation.Spilling;
using EmbeddedMongo.Wire;

namespace EmbeddedMongo;

/// <summary>Options of an <see cref="EmbeddedMongoServer"/>. The defaults start an empty in-memory server on a free port.</summary>
public sealed record EmbeddedMongoOptions
{
    /// <summary>TCP port; 0 selects a free port.</summary>
    public int Port { get; init; }

    /// <summary>
    /// Address to listen on. The default is 127.0.0.1, with ::1 where the system has IPv6. Other machines can connect to an address that is
    /// not a loopback address, so it requires a <see cref="User"/>. Connections are not encrypted.
    /// </summary>
    public IPAddress BindAddress { get; init; } = IPAddress.Loopback;

    /// <summary>User as whom clients must authenticate (SCRAM-SHA-256); null disables authentication.</summary>
    public EmbeddedMongoUser? User { get; init; }

    /// <summary>Data folder, created if missing and locked by this process; null stores everything in memory.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Size in bytes of the cache of data blocks read from disk. Default 32 MB.</summary>
    public long CacheBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>
    /// How often the journal is synced to disk (MongoDB's <c>storage.journal.commitIntervalMs</c>, default 100 ms). An acknowledged write
    /// has reached the operating system, so it survives if the process is killed. A power failure may lose the writes of the last
    /// interval, except those with the write concern <c>j: true</c>, which are synced before the response.
    /// </summary>
    public TimeSpan JournalCommitInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Idle time after which a cursor is closed (MongoDB's <c>cursorTimeoutMillis</c>, default 10 minutes).</summary>
    public TimeSpan CursorTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often expired documents of TTL indexes are deleted (MongoDB's <c>ttlMonitorSleepSecs</c>, default 60 s).</summary>
    public TimeSpan TtlSweepInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The wire version that <c>hello</c> reports.</summary>
    internal int MaxWireVersion { get; init; } = WireProtocol.MaxWireVersion;

    /// <summary>Maximum number of bytes that a stage of a pipeline holds in memory; MongoDB's limit is 100 MB.</summary>
    internal long StageMemoryBytes { get; init; } = MemoryBound.DefaultLimitBytes;

    /// <summary>Maximum size in bytes of the temporary files of all pipelines.</summary>
    internal long MaxSpillBytes { get; init; } = SpillArea.DefaultMaxBytes;

    /// <summary>Clock for TTL indexes, cursor timeouts, <c>maxTimeMS</c> and <c>$$NOW</c>.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
