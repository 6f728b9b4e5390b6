using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.ServiceDefaults.Caching;
using MovieLms.Testing;

namespace MovieLms.ServiceDefaults.Tests;

public sealed class CacheTests
{
    private sealed class Source
    {
        public int Value = 1;
    }

    private static Task<ServiceHost> StartAsync(string name, Source source, string? redis = null) =>
        ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.None,
                Name = name,
                Settings = redis is null
                    ? new Dictionary<string, string?>()
                    : new Dictionary<string, string?> { ["ConnectionStrings:redis"] = redis },
                Map = app =>
                    app.MapGet(
                            "/t/value",
                            (JsonCache cache, CancellationToken token) =>
                                cache.GetOrCreateAsync(
                                    "value",
                                    ["numbers"],
                                    TimeSpan.FromMinutes(5),
                                    _ => Task.FromResult(new { source.Value }),
                                    token
                                )
                        )
                        .AllowAnonymous(),
            }
        );

    private static async Task<(string Cache, string Body)> GetAsync(ServiceHost host)
    {
        var response = await host.Client.GetAsync("/t/value");
        return (response.Headers.GetValues("X-Cache").Single(), await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_second_read_is_a_hit_and_a_matching_ETag_returns_304()
    {
        await using var host = await StartAsync(BackingServices.CreateName(), new Source());
        Assert.Equal(("MISS", """{"value":1}"""), await GetAsync(host));
        var second = await host.Client.GetAsync("/t/value");
        Assert.Equal("HIT", second.Headers.GetValues("X-Cache").Single());

        using var conditional = new HttpRequestMessage(HttpMethod.Get, "/t/value");
        conditional.Headers.IfNoneMatch.Add(second.Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, (await host.Client.SendAsync(conditional)).StatusCode);
    }

    [Fact]
    public async Task An_invalidation_in_one_process_reaches_the_other()
    {
        var name = BackingServices.CreateName();
        var source = new Source();
        await using var first = await StartAsync(name, source);
        await using var second = await StartAsync(name, source);
        await GetAsync(first);
        Assert.Equal(("HIT", """{"value":1}"""), await GetAsync(second));

        source.Value = 2;
        await first.App.Services.GetRequiredService<JsonCache>().InvalidateAsync("numbers");

        Assert.Equal("""{"value":2}""", (await GetAsync(first)).Body);
        await Eventually.WaitUntilAsync(async () => (await GetAsync(second)).Body == """{"value":2}""", "the second process sees it");
    }

    [Fact]
    public async Task Without_Redis_the_cache_is_local_and_reads_succeed()
    {
        await using var host = await StartAsync(BackingServices.CreateName(), new Source(), "127.0.0.1:1,connectTimeout=200");
        Assert.Equal("MISS", (await GetAsync(host)).Cache);
        // Without Redis a response is cached for only a second, which may pass on a slow machine.
        await Eventually.WaitUntilAsync(async () => (await GetAsync(host)).Cache == "HIT", "a response is cached");
        await host.App.Services.GetRequiredService<JsonCache>().InvalidateAsync("numbers");
        Assert.Equal("MISS", (await GetAsync(host)).Cache);
    }
}
