using System.Net;
using System.Net.Http.Headers;
using MovieLms.ApiService.Tests.Courses;

namespace MovieLms.ApiService.Tests.Http;

/// <summary>No cache, including the browser's, stores responses that require a signed-in user (RFC 9111, section 5.2.2.5).</summary>
public sealed class NoStoreTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    /// <summary>Resources that are the same for all signed-in users. Private caches may store them but must revalidate them.</summary>
    private static readonly string[] Shared =
    [
        "/api/movies",
        "/api/movies/{movie}",
        "/api/courses",
        "/api/courses/{draft}",
        "/api/analytics/report.pdf",
        "/api/analytics/report.csv",
    ];

    [Fact]
    public async Task Every_read_that_requires_a_user_has_no_store_except_for_shared_resources()
    {
        var world = new AuthorizationWorld(api);
        var faults = new List<string>();
        var rows = AuthorizationTable.Rows.Where(row => row.Method == "GET" && row.Expected[0] == 401).ToList();
        Assert.True(rows.Count > 25);
        foreach (var row in rows)
        {
            var column = Array.IndexOf(row.Expected, 200) is >= 0 and var found ? found : AuthorizationTable.Callers.Length - 1;
            var client = await world.CallerAsync(AuthorizationTable.Callers[column]);
            using var response = await client.GetAsync(await world.FillAsync(row.Path));
            var cacheControl = response.Headers.CacheControl;
            var isAsExpected =
                Shared.Contains(row.Path) && response.IsSuccessStatusCode
                    ? cacheControl is { Private: true, NoCache: true } or { NoStore: true }
                    : cacheControl is { NoStore: true };
            if (!isAsExpected)
                faults.Add($"{row.Path}: {(int)response.StatusCode} {cacheControl}");
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Theory]
    [InlineData("/api/todos/{todo}")]
    [InlineData("/api/enrollments/{enrollment}")]
    [InlineData("/api/submissions/{submission}")]
    [InlineData("/api/orders/{order}")]
    public async Task A_no_store_resource_still_returns_304_for_a_known_version(string path)
    {
        var world = new AuthorizationWorld(api);
        var client = await world.CallerAsync("learner");
        path = await world.FillAsync(path);
        using var first = await client.GetAsync(path);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Parse(first.Headers.ETag!.Tag));
        using var second = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.True(second.Headers.CacheControl is { NoStore: true });
    }
}
