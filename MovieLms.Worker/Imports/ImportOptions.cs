namespace MovieLms.Worker.Imports;

/// <summary>Settings of import processing; configuration section <c>Imports</c>.</summary>
internal sealed class ImportOptions
{
    /// <summary>The time after which another worker may claim the import of a worker that has stopped renewing its lease.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The polling interval while no import is due.</summary>
    public TimeSpan Poll { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The maximum number of concurrent imports per process.</summary>
    public int Parallel { get; set; } = 2;

    /// <summary>The number of rows per batch. Each batch is stored and then counted.</summary>
    public int BatchRows { get; set; } = 1_000;

    /// <summary>The maximum number of rows per file. A file with more rows fails before any row is stored.</summary>
    public long MaxRows { get; set; } = 500_000;

    /// <summary>The time after which a running import yields if imports of other users are waiting.</summary>
    public TimeSpan TimeSlice { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>The number of consecutive attempts without progress after which an import fails.</summary>
    public int MaxAttempts { get; set; } = 8;

    /// <summary>The delay after the first failed attempt. It doubles with each further one.</summary>
    public TimeSpan FirstRetryDelay { get; set; } = TimeSpan.FromSeconds(1);
}
