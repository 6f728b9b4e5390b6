using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace MovieLms.ServiceDefaults.Telemetry;

/// <summary>The source of MovieLms' own spans and metrics, exported when telemetry is on.</summary>
public static class MovieLmsTelemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "MovieLms";

    /// <summary>Starts spans for work that no library traces: imports, mail, hub events.</summary>
    public static ActivitySource Source { get; } = new(Name);

    /// <summary>Creates MovieLms' own counters and histograms.</summary>
    public static Meter Meter { get; } = new(Name);
}
