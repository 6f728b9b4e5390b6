using System.Diagnostics;
using OpenTelemetry;

namespace MovieLms.ServiceDefaults.Telemetry;

/// <summary>
/// Exports the failed ones of the root client calls that <see cref="PollingSampler"/> only records. It must precede the exporter.
/// </summary>
internal sealed class FailedPollProcessor : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        if (data is { Recorded: false, Status: ActivityStatusCode.Error, Kind: ActivityKind.Client } && data.ParentSpanId == default)
            data.ActivityTraceFlags |= ActivityTraceFlags.Recorded;
    }
}
