using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace MovieLms.Data.Storage;

/// <summary>
/// The source of spans and the meter for work in requests and background loops. Both have the same name as those of the services,
/// which this project does not reference, so that one listener receives all of them.
/// </summary>
internal static class DataTelemetry
{
    private const string Name = "MovieLms";

    internal static ActivitySource Source { get; } = new(Name);

    internal static Meter Meter { get; } = new(Name);
}
