using System.Diagnostics;
using OpenTelemetry.Trace;

namespace MovieLms.ServiceDefaults.Telemetry;

/// <summary>
/// Keeps background polling from burying the traces of requests. Work that matters (a request, an import, a mail, a job, a hub
/// call) starts a span of its own, so a client call without a parent, such as a query, comes from a loop that looks for work.
/// </summary>
/// <remarks>
/// A sampler decides at the start of a span and cannot know whether the call will fail. Such a call is therefore recorded but
/// not sampled: its own calls are dropped, and <see cref="FailedPollProcessor"/> exports it if it fails.
/// </remarks>
/// <param name="others">Decides about all other root spans.</param>
internal sealed class PollingSampler(Sampler others) : Sampler
{
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        samplingParameters.Kind == ActivityKind.Client
            ? new SamplingResult(SamplingDecision.RecordOnly)
            : others.ShouldSample(samplingParameters);
}
