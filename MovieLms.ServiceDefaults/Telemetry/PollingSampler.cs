using System.Diagnostics;
using OpenTelemetry.Trace;

namespace MovieLms.ServiceDefaults.Telemetry;

/// <summary>
/// Drops the spans of background polling, which would bury the traces of requests. Real work (a request, an import, a mail, a job,
/// a hub call) starts a span of its own, so a client call without a parent, such as a query, comes from a polling loop.
/// </summary>
/// <remarks>
/// A sampler decides when a span starts and cannot know whether the call will fail. Such a call is therefore recorded but not
/// sampled: its child spans are dropped, and <see cref="FailedPollProcessor"/> exports it if it fails.
/// </remarks>
/// <param name="inner">The sampler for all other root spans.</param>
internal sealed class PollingSampler(Sampler inner) : Sampler
{
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        samplingParameters.Kind == ActivityKind.Client
            ? new SamplingResult(SamplingDecision.RecordOnly)
            : inner.ShouldSample(samplingParameters);
}
