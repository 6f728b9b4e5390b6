using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Chaos;

/// <summary>
/// Everything that runs is killed and started again once, in a random order, while films are written and an import runs:
/// no accepted write is lost, and health says the truth throughout.
/// </summary>
public sealed class ChaosTests
{
    private const int Writers = 3;

    [Fact]
    public async Task Each_process_may_die_once_under_load()
    {
        await using var installation = await Installation.StartAsync();
        using var client = await ApiClient.SignInAsync(installation.Services.Api, Installation.AdminEmail, Installation.AdminPassword);
        var accepted = new ConcurrentQueue<string>();
        using var load = new CancellationTokenSource();
        var writers = Enumerable.Range(0, Writers).Select(writer => WriteAsync(client, writer, accepted, load.Token)).ToArray();
        var import = await ImportAsync(client);

        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"The order's seed is {seed}.");
        foreach (var part in new Random(seed).Shuffled(Installation.Parts))
        {
            var before = accepted.Count;
            await Eventually.TrueAsync(() => Task.FromResult(accepted.Count > before + 5), $"films are accepted before {part} dies", 60);
            await installation.KillAsync(part);
            await HealthIsTrueAsync(installation, part);
            await installation.RestartAsync(part);
        }

        var after = accepted.Count;
        await Eventually.TrueAsync(() => Task.FromResult(accepted.Count > after + 5), "films are accepted after all have died", 60);
        await load.CancelAsync();
        await Task.WhenAll(writers);
        await EndedAsync(installation, client, import);
        foreach (var location in accepted)
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(location)).StatusCode);
    }

    /// <summary>Not ready without the database, degraded without Redis (for monitors only), untouched by another service's death.</summary>
    private static async Task HealthIsTrueAsync(Installation installation, string dead)
    {
        var services = installation.Services;
        foreach (
            var (name, address) in new[] { ("ApiService", services.Api), ("Worker", services.Worker), ("Realtime", services.Realtime) }
        )
        {
            if (name == dead)
            {
                Assert.Null(await Installation.HealthAsync(address));
                continue;
            }
            HttpStatusCode? expected = dead == "mongo" ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK;
            await Eventually.TrueAsync(
                async () => await Installation.HealthAsync(address) == expected,
                $"{name} tells {expected} without {dead}",
                60
            );
            if (dead == "redis")
            {
                await Eventually.TrueAsync(
                    async () => await Installation.HealthAsync(address, "?strict") == HttpStatusCode.ServiceUnavailable,
                    $"{name} tells monitors that Redis is gone",
                    60
                );
            }
        }
    }

    private static async Task WriteAsync(HttpClient client, int writer, ConcurrentQueue<string> accepted, CancellationToken stop)
    {
        for (var count = 0; !stop.IsCancellationRequested; count++)
        {
            try
            {
                using var answer = await client.PostAsJsonAsync(
                    "/api/movies",
                    new { title = $"Take {writer}-{count}" },
                    CancellationToken.None
                );
                if (answer.StatusCode == HttpStatusCode.Created)
                    accepted.Enqueue(answer.Headers.Location!.OriginalString);
                else
                    Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.ServiceUnavailable, HttpStatusCode.TooManyRequests });
            }
            catch (HttpRequestException)
            {
                // The service is away: nothing was accepted.
            }
            // A steady load, not as much as two processors can bear.
            await Task.Delay(20, CancellationToken.None);
        }
    }

    private static async Task<Uri> ImportAsync(HttpClient client)
    {
        using var file = new MultipartFormDataContent();
        file.Add(
            new StreamContent(File.OpenRead(Repository.File("samples", "movies.json")))
            {
                Headers = { ContentType = new("application/json") },
            },
            "file",
            "movies.json"
        );
        using var answer = await client.PostAsync("/api/movies/import", file);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        return answer.Headers.Location!;
    }

    private static async Task EndedAsync(Installation installation, HttpClient client, Uri location)
    {
        var import = default(JsonElement);
        try
        {
            await Eventually.TrueAsync(
                async () =>
                {
                    import = await client.GetFromJsonAsync<JsonElement>(location);
                    return import.GetProperty("state").GetString() is "completed" or "failed";
                },
                "the import that was accepted has ended",
                120
            );
            Assert.Equal("completed", import.GetProperty("state").GetString());
        }
        catch
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{import}\n{installation.Services["Worker"].Output}");
            throw;
        }
    }
}

internal static class RandomOrder
{
    /// <summary>The same items in another order.</summary>
    internal static T[] Shuffled<T>(this Random random, IReadOnlyList<T> items)
    {
        T[] shuffled = [.. items];
        random.Shuffle(shuffled);
        return shuffled;
    }
}
