using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.Testing;
using OpenTelemetry.Trace;
using StackExchange.Redis;

namespace MovieLms.ServiceDefaults.Tests;

public sealed class RedisTracingTests
{
    private const string Key = "a-key-that-names-a-user";
    private const string Value = "a-value-of-this-user";

    [Fact]
    public async Task Commands_are_traced_without_keys_or_values_before_their_parent_span_ends()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var source = new ActivitySource("MovieLms");
        using var listener = new ActivityListener
        {
            ShouldListenTo = candidate => candidate.Name is "MovieLms" or "OpenTelemetry.Instrumentation.StackExchangeRedis",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var host = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.None,
                WaitUntilReady = false,
                Settings = new Dictionary<string, string?> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1" },
            }
        );
        var redis = host.App.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();

        // Stands for the span of a chat connection, which lasts for hours. Its commands must not be kept until it ends.
        using var parent = source.StartActivity("a connection")!;
        await redis.StringSetAsync(Key, Value, TimeSpan.FromMinutes(1));
        await redis.ScriptEvaluateAsync("return redis.call('GET', KEYS[1])", [Key], [Value]);
        await Eventually.WaitUntilAsync(
            () => Task.FromResult(spans.Count(span => span.ParentSpanId == parent.SpanId) >= 2),
            "both commands are traced"
        );

        foreach (var span in spans.Where(span => span.ParentSpanId == parent.SpanId))
        {
            Assert.Equal(ActivityKind.Client, span.Kind);
            Assert.Equal(span.OperationName, span.GetTagItem("db.operation.name"));
            Assert.NotNull(span.GetTagItem("server.address"));
            Assert.IsType<int>(span.GetTagItem("server.port"));
            Assert.Empty(span.Events);
            Assert.DoesNotContain(
                span.TagObjects,
                tag =>
                    tag.Value?.ToString() is { } text
                    && (text.Contains(Key, StringComparison.Ordinal) || text.Contains(Value, StringComparison.Ordinal))
            );
        }
    }

    [Fact]
    public async Task Without_a_collector_nothing_is_traced()
    {
        await using var host = await ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.None, WaitUntilReady = false });
        Assert.Null(host.App.Services.GetService<TracerProvider>());
    }
}
