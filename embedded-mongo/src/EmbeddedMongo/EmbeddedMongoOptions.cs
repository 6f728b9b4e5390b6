namespace EmbeddedMongo;

/// <summary>How to run an <see cref="EmbeddedMongoServer"/>. The defaults give an empty server in memory on a free port.</summary>
public sealed record EmbeddedMongoOptions
{
    /// <summary>TCP port on 127.0.0.1; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Folder for the data, created when missing and locked to this process; null keeps everything in memory.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Bytes of the cache of data blocks read from disk. Default 32 MB.</summary>
    public long CacheBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>
    /// How often the journal is forced to disk (MongoDB's <c>storage.journal.commitIntervalMs</c>, default 100 ms). Every acknowledged
    /// write
    /// has reached the operating system before the answer, so it survives the process being killed; a power failure may cost this interval,
    /// unless the write concern says <c>j: true</c>, which syncs before the answer.
    /// </summary>
    public TimeSpan JournalCommitInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>An idle cursor is closed after this time (MongoDB's <c>cursorTimeoutMillis</c>, default 10 minutes).</summary>
    public TimeSpan CursorTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often documents past their TTL index are deleted (MongoDB's <c>ttlMonitorSleepSecs</c>, default 60 s).</summary>
    public TimeSpan TtlSweepInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Clock of TTL indexes, cursor time-outs, <c>maxTimeMS</c> and <c>$$NOW</c>.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
