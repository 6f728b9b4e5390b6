namespace MovieLms.Worker.Imports;

/// <summary>How imports are worked on; configuration section <c>Imports</c>.</summary>
internal sealed class ImportOptions
{
    /// <summary>How long a silent worker keeps its import.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often to look for work that nobody announced.</summary>
    public TimeSpan Poll { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Imports at a time in one process.</summary>
    public int Parallel { get; set; } = 2;

    /// <summary>Rows stored and counted together.</summary>
    public int BatchRows { get; set; } = 1_000;

    /// <summary>Maximum number of rows of a file. A file with more fails before any row is stored.</summary>
    public long MaxRows { get; set; } = 500_000;

    /// <summary>How long an import runs before it gives up its place if imports of other users wait.</summary>
    public TimeSpan TimeSlice { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Attempts without a single row counted, after which a file is given up.</summary>
    public int MaxAttempts { get; set; } = 8;

    /// <summary>The pause after the first failed attempt; it doubles with each.</summary>
    public TimeSpan FirstRetryDelay { get; set; } = TimeSpan.FromSeconds(1);
}
