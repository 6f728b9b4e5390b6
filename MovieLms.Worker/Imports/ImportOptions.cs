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

    /// <summary>Attempts without a single row counted, after which a file is given up.</summary>
    public int MostAttempts { get; set; } = 8;

    /// <summary>The pause after the first failed attempt; it doubles with each.</summary>
    public TimeSpan FirstPause { get; set; } = TimeSpan.FromSeconds(1);
}
