using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Telemetry;

/// <summary>What background polling exports: nothing while it succeeds, error spans while it fails.</summary>
public sealed class IdleTracesTests
{
    /// <summary>Longer than every polling interval but the sweeps that run each minute.</summary>
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Polling_exports_no_trace_until_it_fails()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        // Aspire sets this sampler; it must not turn the export of polling on.
        var settings = new Dictionary<string, string?>(collector.Environment) { ["OTEL_TRACES_SAMPLER"] = "always_on" };
        await using var installation = await Installation.StartAsync(settings);
        await Task.Delay(Watch);

        var roots = collector.Spans.Where(span => span.ParentId.Length == 0 && !span.IsError).ToArray();
        Assert.True(roots.Length == 0, string.Join("\n", roots.GroupBy(span => $"{span.Service} {span.Name}").Select(group => $"{group.Count()} {group.Key}").Order()));
        using (var client = new HttpClient { BaseAddress = installation.Services.Api }) await client.GetAsync("/api/movies");
        await Eventually.TrueAsync(() => Task.FromResult(collector.Spans.Any(span => span.Name.StartsWith("GET /api/movies", StringComparison.Ordinal))), "a request is exported", 30);

        await installation.KillAsync("mongo");
        foreach (var service in new[] { "MovieLms.ApiService", "MovieLms.Worker", "MovieLms.Realtime" })
            await Eventually.TrueAsync(
                () => Task.FromResult(collector.Spans.Any(span => span is { IsError: true, ParentId: "" } && span.Service == service)),
                $"a failed poll of {service} is exported", 60);
    }
}
