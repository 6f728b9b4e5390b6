using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace MovieLms.ServiceDefaults.Telemetry;

/// <summary>The source of this product's own spans and measurements; exported wherever telemetry is on.</summary>
public static class MovieLmsTelemetry
{
    /// <summary>The name of both the activity source and the meter.</summary>
    public const string Name = "MovieLms";

    /// <summary>Spans of work that no library traces: imports, mail, hub events.</summary>
    public static ActivitySource Source { get; } = new(Name);

    /// <summary>Counters and histograms of the product's own work.</summary>
    public static Meter Meter { get; } = new(Name);
}
