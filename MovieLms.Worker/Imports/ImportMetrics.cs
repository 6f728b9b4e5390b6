using System.Diagnostics.Metrics;
using MovieLms.Data.Imports;
using MovieLms.ServiceDefaults.Telemetry;

namespace MovieLms.Worker.Imports;

/// <summary>Counts rows for whoever collects metrics.</summary>
internal sealed class ImportMetrics
{
    private readonly Counter<long> _rows = MovieLmsTelemetry.Meter.CreateCounter<long>("movielms.import.rows", "{row}", "Rows of imports, by outcome");

    internal void Counted(ImportKind kind, ImportProgress progress)
    {
        _rows.Add(progress.Succeeded, new KeyValuePair<string, object?>("kind", kind.ToString()), new("outcome", "succeeded"));
        _rows.Add(progress.Failed, new KeyValuePair<string, object?>("kind", kind.ToString()), new("outcome", "failed"));
    }
}
