using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace MovieLms.Data.Storage;

/// <summary>
/// Spans and measurements of work that a request or a background loop may do. Both have the name of the services' own source
/// and meter, which this project does not reference, so that one listener receives all of them.
/// </summary>
internal static class DataTelemetry
{
    private const string Name = "MovieLms";

    internal static ActivitySource Source { get; } = new(Name);

    internal static Meter Meter { get; } = new(Name);
}
