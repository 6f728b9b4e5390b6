using System.Diagnostics;
using OpenTelemetry;

namespace MovieLms.ServiceDefaults.Telemetry;

/// <summary>
/// Exports failed root client calls, which <see cref="PollingSampler"/> only records. Must be registered before the exporter.
/// </summary>
internal sealed class FailedPollProcessor : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        if (data is { Recorded: false, Status: ActivityStatusCode.Error, Kind: ActivityKind.Client } && data.ParentSpanId == default)
            data.ActivityTraceFlags |= ActivityTraceFlags.Recorded;
    }
}
