using System.Diagnostics;
using MovieLms.ServiceDefaults.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace MovieLms.ServiceDefaults.Tests;

public sealed class PollingSamplerTests : IDisposable
{
    private readonly ActivitySource _source = new(nameof(PollingSamplerTests));
    private readonly Exported _exported = new();
    private readonly TracerProvider _provider;

    public PollingSamplerTests() =>
        _provider = Sdk.CreateTracerProviderBuilder()
            .AddSource(_source.Name)
            .SetSampler(new ParentBasedSampler(new PollingSampler(new AlwaysOnSampler())))
            .AddProcessor(new FailedPollProcessor())
            .AddProcessor(_exported)
            .Build();

    [Theory]
    [InlineData(ActivityStatusCode.Unset, 0)]
    [InlineData(ActivityStatusCode.Ok, 0)]
    [InlineData(ActivityStatusCode.Error, 1)]
    public void A_poll_is_exported_only_if_it_fails(ActivityStatusCode status, int exported)
    {
        using (var poll = _source.StartActivity("find", ActivityKind.Client))
        {
            using (_source.StartActivity("command of the poll", ActivityKind.Client)) { }
            poll!.SetStatus(status);
        }
        Assert.Equal(exported, _exported.Names.Count);
    }

    [Theory]
    [InlineData(ActivityKind.Server)]
    [InlineData(ActivityKind.Consumer)]
    [InlineData(ActivityKind.Internal)]
    public void A_call_within_a_request_an_import_or_a_job_is_exported(ActivityKind kind)
    {
        using (_source.StartActivity("work", kind))
        using (_source.StartActivity("find", ActivityKind.Client)) { }
        Assert.Equal(["find", "work"], _exported.Names);
    }

    [Fact]
    public void A_call_that_continues_a_sampled_trace_of_another_process_is_exported()
    {
        var remote = new ActivityContext(
            ActivityTraceId.CreateRandom(),
            ActivitySpanId.CreateRandom(),
            ActivityTraceFlags.Recorded,
            isRemote: true
        );
        _source.StartActivity("find", ActivityKind.Client, remote)!.Dispose();
        Assert.Equal(["find"], _exported.Names);
    }

    public void Dispose()
    {
        _provider.Dispose();
        _source.Dispose();
    }

    /// <summary>Collects the spans that an exporter would export.</summary>
    private sealed class Exported : BaseProcessor<Activity>
    {
        internal List<string> Names { get; } = [];

        public override void OnEnd(Activity data)
        {
            if (data.Recorded)
                Names.Add(data.OperationName);
        }
    }
}
