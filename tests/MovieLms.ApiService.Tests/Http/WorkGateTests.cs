using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.ApiService.Analytics;
using MovieLms.ApiService.Http;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Tests.Http;

/// <summary>Expensive work waits in a bounded queue, and requests beyond it get 503 with Retry-After.</summary>
public sealed class WorkGateTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task A_full_queue_rejects_work_and_accepts_it_again_when_it_is_shorter()
    {
        using var gate = new RenderGate();
        var release = new TaskCompletionSource();
        var all = Enumerable
            .Range(0, RenderGate.MaxConcurrent + RenderGate.MaxWaiting)
            .Select(_ => gate.RunAsync(() => WaitForAsync(release), default))
            .ToArray();
        await Assert.ThrowsAsync<BusyException>(() => gate.RunAsync(() => Task.FromResult(0), default));
        release.SetResult();
        await Task.WhenAll(all);
        Assert.Equal(1, await gate.RunAsync(() => Task.FromResult(1), default));
    }

    [Theory]
    [InlineData("/api/analytics/facets?search=a")]
    [InlineData("/api/analytics/rating-buckets?boundaries=1,2")]
    [InlineData("/api/analytics/top-rated?skip=1")]
    public async Task Parameterized_analytics_are_cached_and_computed_a_few_at_a_time(string path)
    {
        using (var first = await api.Anonymous.GetAsync(path))
            Assert.Equal((HttpStatusCode.OK, "MISS"), (first.StatusCode, Cache(first)));
        using (var second = await api.Anonymous.GetAsync(path))
            Assert.Equal("HIT", Cache(second));
        await api.AddMovieAsync(new { title = Guid.NewGuid().ToString("N") });
        using (var third = await api.Anonymous.GetAsync(path))
            Assert.Equal("MISS", Cache(third));

        var gate = api.Host.App.Services.GetRequiredService<AnalyticsGate>();
        var release = new TaskCompletionSource();
        var all = Enumerable
            .Range(0, AnalyticsGate.MaxConcurrent + AnalyticsGate.MaxWaiting)
            .Select(_ => gate.RunAsync(() => WaitForAsync(release), default))
            .ToArray();
        using (var refused = await api.Anonymous.GetAsync(path + "5"))
        {
            await refused.AssertProblemAsync(503);
            Assert.NotNull(refused.Headers.RetryAfter);
        }
        using var admin = api.Admin();
        using (
            var refused = await admin.PostAsJsonAsync(
                "/api/analytics/pipeline",
                new { collection = "movies", pipeline = Array.Empty<object>() }
            )
        )
        {
            await refused.AssertProblemAsync(503);
        }

        release.SetResult();
        await Task.WhenAll(all);
        using var served = await api.Anonymous.GetAsync(path + "5");
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
    }

    private static async Task<int> WaitForAsync(TaskCompletionSource release)
    {
        await release.Task;
        return 0;
    }

    private static string? Cache(HttpResponseMessage response) =>
        response.Headers.TryGetValues("X-Cache", out var values) ? values.Single() : null;
}
