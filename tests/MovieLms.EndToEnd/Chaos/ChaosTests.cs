using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Chaos;

/// <summary>
/// Kills and restarts every process once, in random order, while movies are written and an import runs: no accepted write is
/// lost, and health checks report the actual state throughout.
/// </summary>
public sealed class ChaosTests
{
    private const int Writers = 3;

    [Fact]
    public async Task No_accepted_write_is_lost_when_each_process_is_killed_once()
    {
        await using var installation = await Installation.StartAsync();
        using var client = await ApiClient.SignInAsync(installation.Services.Api, Installation.AdminEmail, Installation.AdminPassword);
        var accepted = new ConcurrentQueue<string>();
        using var load = new CancellationTokenSource();
        var writers = Enumerable.Range(0, Writers).Select(writer => WriteAsync(client, writer, accepted, load.Token)).ToArray();
        var import = await ImportAsync(client);

        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"The order's seed is {seed}.");
        foreach (var part in new Random(seed).Shuffled(Installation.ProcessNames))
        {
            var before = accepted.Count;
            await Eventually.WaitUntilAsync(
                () => Task.FromResult(accepted.Count > before + 5),
                $"movies are accepted before {part} is killed",
                60
            );
            await installation.KillAsync(part);
            await AssertHealthAsync(installation, part);
            await installation.RestartAsync(part);
        }

        var after = accepted.Count;
        await Eventually.WaitUntilAsync(() => Task.FromResult(accepted.Count > after + 5), "movies are accepted after all restarts", 60);
        await load.CancelAsync();
        await Task.WhenAll(writers);
        await AssertImportCompletesAsync(installation, client, import);
        foreach (var location in accepted)
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(location)).StatusCode);
    }

    /// <summary>
    /// A service is not ready without the database, degraded without Redis (for monitors only), and unaffected by the outage of
    /// another service.
    /// </summary>
    private static async Task AssertHealthAsync(Installation installation, string dead)
    {
        var services = installation.Services;
        foreach (
            var (name, address) in new[] { ("ApiService", services.Api), ("Worker", services.Worker), ("Realtime", services.Realtime) }
        )
        {
            if (name == dead)
            {
                Assert.Null(await Installation.GetHealthAsync(address));
                continue;
            }
            HttpStatusCode? expected = dead == "mongo" ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK;
            await Eventually.WaitUntilAsync(
                async () => await Installation.GetHealthAsync(address) == expected,
                $"{name} responds with {expected} without {dead}",
                60
            );
            if (dead == "redis")
            {
                await Eventually.WaitUntilAsync(
                    async () => await Installation.GetHealthAsync(address, "?strict") == HttpStatusCode.ServiceUnavailable,
                    $"{name} reports to monitors that Redis is unavailable",
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
                using var response = await client.PostAsJsonAsync(
                    "/api/movies",
                    new { title = $"Take {writer}-{count}" },
                    CancellationToken.None
                );
                if (response.StatusCode == HttpStatusCode.Created)
                    accepted.Enqueue(response.Headers.Location!.OriginalString);
                else
                    Assert.Contains(response.StatusCode, new[] { HttpStatusCode.ServiceUnavailable, HttpStatusCode.TooManyRequests });
            }
            catch (HttpRequestException)
            {
                // The service is unavailable: nothing was accepted.
            }
            // A steady load, well below what two processors can handle.
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
        using var response = await client.PostAsync("/api/movies/import", file);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return response.Headers.Location!;
    }

    private static async Task AssertImportCompletesAsync(Installation installation, HttpClient client, Uri location)
    {
        var import = default(JsonElement);
        try
        {
            await Eventually.WaitUntilAsync(
                async () =>
                {
                    import = await client.GetFromJsonAsync<JsonElement>(location);
                    return import.GetProperty("state").GetString() is "completed" or "failed";
                },
                "the accepted import has ended",
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
    /// <summary>Returns the same items in random order.</summary>
    internal static T[] Shuffled<T>(this Random random, IReadOnlyList<T> items)
    {
        T[] shuffled = [.. items];
        random.Shuffle(shuffled);
        return shuffled;
    }
}
