using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Caching;

/// <summary>Two API processes over one database: what is written in one is read in the other, though both keep answers.</summary>
public sealed class TwoProcessTests
{
    private const string NoRedis = "127.0.0.1:1,connectTimeout=200";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_write_in_one_process_is_read_in_the_other(bool isRedisUnavailable)
    {
        var name = BackingServices.NewName();
        await using var first = await StartAsync(name, isRedisUnavailable);
        await using var second = await StartAsync(name, isRedisUnavailable);
        var instructor = await first.SignInInstructorAsync();
        using var elsewhere = second.NewClient(instructor.AccessToken);

        await AgreeAsync("/api/todos?sort=dueDate", "/api/todos", i => new { title = $"To-do {i}" });
        await AgreeAsync("/api/movies?genre=Drama&sort=-rating", "/api/movies", i => new { title = $"Film {i}", genre = "Drama" });

        async Task AgreeAsync(string list, string target, Func<int, object> body)
        {
            for (var i = 1; i <= 3; i++)
            {
                // Both hold the list before it changes.
                await CountAsync(instructor.Client, list);
                await CountAsync(elsewhere, list);
                using var written = await (i % 2 == 0 ? elsewhere : instructor.Client).PostAsJsonAsync(target, body(i));
                Assert.True(written.IsSuccessStatusCode, await written.Content.ReadAsStringAsync());
                var count = i;
                Assert.Equal(count, await CountAsync(i % 2 == 0 ? elsewhere : instructor.Client, list));
                await Eventually.TrueAsync(
                    async () => await CountAsync(i % 2 == 0 ? instructor.Client : elsewhere, list) == count,
                    $"the other process reads {list} anew"
                );
            }
        }
    }

    [Fact]
    public async Task Filters_that_nobody_asks_twice_are_answered_and_not_kept()
    {
        await using var host = await StartAsync(BackingServices.NewName(), isRedisUnavailable: false);
        foreach (var query in new[] { "search=a", "director=b" })
        {
            for (var i = 0; i < 2; i++)
            {
                using var answer = await host.Client.GetAsync($"/api/movies?{query}");
                Assert.Equal("MISS", answer.Headers.GetValues("X-Cache").Single());
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
