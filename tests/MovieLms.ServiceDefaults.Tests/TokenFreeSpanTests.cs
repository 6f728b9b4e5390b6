using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.Testing;

namespace MovieLms.ServiceDefaults.Tests;

public sealed class TokenFreeSpanTests
{
    [Fact]
    public async Task Spans_of_a_password_reset_request_do_not_contain_the_token()
    {
        var token = Guid.NewGuid().ToString("N");
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "System.Net.Http" or "Microsoft.AspNetCore",
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

        // The same request as the gateway sends to the API.
        using var client = host.App.Services.GetRequiredService<IHttpClientFactory>().CreateClient();
        using var parent = new Activity("gateway").SetIdFormat(ActivityIdFormat.W3C);
        parent.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        parent.Start();
        using var response = await client.GetAsync(new Uri(host.Address, $"/api/auth/reset-password/{token}"));

        await Eventually.WaitUntilAsync(
            () => Task.FromResult(spans.Count(span => span.TraceId == parent.TraceId) >= 2),
            "both ends of the request are traced"
        );
        var tags = spans
            .Where(span => span.TraceId == parent.TraceId)
            .SelectMany(span => span.TagObjects)
            .Select(tag => tag.Value?.ToString() ?? "")
            .ToArray();
        Assert.DoesNotContain(tags, value => value.Contains(token, StringComparison.Ordinal));
        Assert.Contains(new Uri(host.Address, "/api/auth/reset-password/").ToString() + "{token}", tags);
    }
}
