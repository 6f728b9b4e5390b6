using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Caching;

/// <summary>Single movies are cached, and the process that writes a movie never returns its old version.</summary>
public sealed class MovieCacheTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task A_second_read_is_a_hit_with_the_same_body_and_etag()
    {
        var path = await AddAsync("Hit");
        using var first = await api.Anonymous.GetAsync(path);
        using var second = await api.Anonymous.GetAsync(path);
        Assert.Equal(("MISS", "HIT"), (Outcome(first), Outcome(second)));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal(first.Headers.ETag, second.Headers.ETag);
        Assert.Equal(first.Content.Headers.ContentType, second.Content.Headers.ContentType);

        using var conditional = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "If-None-Match", first.Headers.ETag!.Tag } } };
        using var unchanged = await api.Anonymous.SendAsync(conditional);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Fact]
    public async Task Concurrent_reads_never_return_a_version_older_than_an_acknowledged_write()
    {
        var path = await AddAsync("Version 1");
        using var instructor = api.Instructor();
        var acknowledged = 1;
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(ReadAsync)).ToArray();
        for (var version = 2; version <= 100; version++)
        {
            using var response = await instructor.PutAsJsonAsync(path, new { title = $"Version {version}" });
            response.EnsureSuccessStatusCode();
            Volatile.Write(ref acknowledged, version);
        }
        await stop.CancelAsync();
        await Task.WhenAll(readers);

        async Task ReadAsync()
        {
            while (!stop.IsCancellationRequested)
            {
                var expected = Volatile.Read(ref acknowledged);
                using var response = await api.Anonymous.GetAsync(path);
                var title = (await response.JsonAsync()).GetProperty("title").GetString()!;
                Assert.True(
                    int.Parse(title["Version ".Length..], CultureInfo.InvariantCulture) >= expected,
                    $"{title} was returned after version {expected}."
                );
            }
        }
    }

    [Fact]
    public async Task Reviews_deletion_and_restoration_are_visible_at_once()
    {
        var path = await AddAsync("Reviewed");
        using var student = api.Student();
        Assert.Equal("null", await RatingAsync());
        using var created = await student.PostAsJsonAsync($"{path}/reviews", new { rating = 8 });
        var review = $"{path}/reviews/{(await created.JsonAsync()).Id()}";
        Assert.Equal("8", await RatingAsync());
        using var updated = await student.PutAsJsonAsync(review, new { rating = 6 });
        updated.EnsureSuccessStatusCode();
        Assert.Equal("6", await RatingAsync());
        using var removed = await student.DeleteAsync(review);
        removed.EnsureSuccessStatusCode();
        Assert.Equal("null", await RatingAsync());

        using var admin = api.Admin();
        using var deleted = await admin.DeleteAsync(path);
        deleted.EnsureSuccessStatusCode();
        using var missing = await api.Anonymous.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        using var restored = await admin.PostAsync($"{path}/restore", null);
        restored.EnsureSuccessStatusCode();
        Assert.Equal("null", await RatingAsync());

        async Task<string> RatingAsync()
        {
            using var response = await api.Anonymous.GetAsync(path);
            var rating = (await response.JsonAsync()).GetProperty("rating").GetRawText();
            // The next read would return the cached movie.
            using var cached = await api.Anonymous.GetAsync(path);
            Assert.Equal("HIT", Outcome(cached));
            return rating;
        }
    }

    [Fact]
    public async Task Nothing_is_cached_while_redis_is_unavailable()
    {
        await using var host = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.Api,
                Name = api.Host.Name,
                Settings = new Dictionary<string, string?> { ["ConnectionStrings:redis"] = "127.0.0.1:1,connectTimeout=200" },
            }
        );
        var path = await AddAsync("Unavailable");
        for (var i = 0; i < 3; i++)
        {
            using var response = await host.Client.GetAsync(path);
            Assert.Equal("MISS", Outcome(response));
        }
    }

    private async Task<string> AddAsync(string title) => $"/api/movies/{(await api.AddMovieAsync(new { title })).Id()}";

    private static string Outcome(HttpResponseMessage response) => response.Headers.GetValues("X-Cache").Single();
}
