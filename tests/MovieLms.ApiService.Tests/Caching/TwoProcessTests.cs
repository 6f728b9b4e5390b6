using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Caching;

/// <summary>Two API processes on one database: a write in one is visible in the other, although both cache responses.</summary>
public sealed class TwoProcessTests
{
    private const string NoRedis = "127.0.0.1:1,connectTimeout=200";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_write_in_one_process_is_visible_in_the_other(bool isRedisUnavailable)
    {
        var name = BackingServices.CreateName();
        await using var first = await StartAsync(name, isRedisUnavailable);
        await using var second = await StartAsync(name, isRedisUnavailable);
        var instructor = await first.SignInInstructorAsync();
        using var otherClient = second.CreateClient(instructor.AccessToken);

        await AssertVisibleAsync("/api/todos?sort=dueDate", "/api/todos", i => new { title = $"To-do {i}" });
        await AssertVisibleAsync("/api/movies?genre=Drama&sort=-rating", "/api/movies", i => new { title = $"Film {i}", genre = "Drama" });

        async Task AssertVisibleAsync(string list, string target, Func<int, object> body)
        {
            for (var i = 1; i <= 3; i++)
            {
                // Both cache the list before it changes.
                await CountAsync(instructor.Client, list);
                await CountAsync(otherClient, list);
                using var written = await (i % 2 == 0 ? otherClient : instructor.Client).PostAsJsonAsync(target, body(i));
                Assert.True(written.IsSuccessStatusCode, await written.Content.ReadAsStringAsync());
                var count = i;
                Assert.Equal(count, await CountAsync(i % 2 == 0 ? otherClient : instructor.Client, list));
                await Eventually.WaitUntilAsync(
                    async () => await CountAsync(i % 2 == 0 ? instructor.Client : otherClient, list) == count,
                    $"the other process returns the changed {list}"
                );
            }
        }
    }

    [Fact]
    public async Task Lists_with_free_text_filters_are_not_cached()
    {
        await using var host = await StartAsync(BackingServices.CreateName(), isRedisUnavailable: false);
        foreach (var query in new[] { "search=a", "director=b" })
        {
            for (var i = 0; i < 2; i++)
            {
                using var response = await host.Client.GetAsync($"/api/movies?{query}");
                Assert.Equal("MISS", response.Headers.GetValues("X-Cache").Single());
            }
        }

        using var once = await host.Client.GetAsync("/api/movies?genre=Drama");
        using var again = await host.Client.GetAsync("/api/movies?genre=drama&sort=title&limit=20");
        Assert.Equal(("MISS", "HIT"), (once.Headers.GetValues("X-Cache").Single(), again.Headers.GetValues("X-Cache").Single()));
    }

    private static Task<ServiceHost> StartAsync(string name, bool isRedisUnavailable) =>
        ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.Api,
                Name = name,
                Settings = isRedisUnavailable
                    ? new Dictionary<string, string?> { ["ConnectionStrings:redis"] = NoRedis }
                    : new Dictionary<string, string?>(),
            }
        );

    private static async Task<int> CountAsync(HttpClient client, string path) =>
        (await client.GetFromJsonAsync<JsonElement>(path)).GetProperty("items").GetArrayLength();
}
