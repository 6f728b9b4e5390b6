using System.Net;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Chaos;

/// <summary>Services that start before what they need: alive and not ready, saying why, until it comes.</summary>
public sealed class StartOrderTests
{
    [Fact]
    public async Task Services_that_start_first_wait_and_say_what_for()
    {
        await using var installation = await Installation.StartAsync(withBacking: false);
        var services = installation.Services;
        foreach (
            var (name, address) in new[] { ("ApiService", services.Api), ("Worker", services.Worker), ("Realtime", services.Realtime) }
        )
        {
            await Eventually.TrueAsync(
                async () => await Installation.HealthAsync(address) == HttpStatusCode.ServiceUnavailable,
                $"{name} answers and is not ready",
                60
            );
            await Eventually.TrueAsync(
                () => Task.FromResult(services[name].Output.Contains("No MongoDB responds at", StringComparison.Ordinal)),
                $"{name} says what it waits for",
                60
            );
        }

        installation.Launch("mongo");
        foreach (var address in new[] { services.Api, services.Worker, services.Realtime })
        {
            await Eventually.TrueAsync(
                async () => await Installation.HealthAsync(address) == HttpStatusCode.OK,
                $"{address} is ready with a database",
                90
            );
        }

        Assert.Contains("Redis is unavailable at", services["ApiService"].Output);

        installation.Launch("redis");
        foreach (var address in new[] { services.Api, services.Worker, services.Realtime })
        {
            await Eventually.TrueAsync(
                async () => await Installation.HealthAsync(address, "?strict") == HttpStatusCode.OK,
                $"{address} has nothing to complain of",
                90
            );
        }
    }
}
