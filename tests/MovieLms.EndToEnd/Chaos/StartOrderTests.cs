using System.Net;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Chaos;

/// <summary>Services that start before their dependencies are alive but not ready, and log why, until the dependencies start.</summary>
public sealed class StartOrderTests
{
    [Fact]
    public async Task Services_wait_for_their_dependencies_and_log_it()
    {
        await using var installation = await Installation.StartAsync(withBacking: false);
        var services = installation.Services;
        foreach (
            var (name, address) in new[] { ("ApiService", services.Api), ("Worker", services.Worker), ("Realtime", services.Realtime) }
        )
        {
            await Eventually.WaitUntilAsync(
                async () => await Installation.GetHealthAsync(address) == HttpStatusCode.ServiceUnavailable,
                $"{name} responds and is not ready",
                60
            );
            await Eventually.WaitUntilAsync(
                () => Task.FromResult(services[name].Output.Contains("No MongoDB responds at", StringComparison.Ordinal)),
                $"{name} logs what it waits for",
                60
            );
        }

        installation.Launch("mongo");
        foreach (var address in new[] { services.Api, services.Worker, services.Realtime })
        {
            await Eventually.WaitUntilAsync(
                async () => await Installation.GetHealthAsync(address) == HttpStatusCode.OK,
                $"{address} is ready with a database",
                90
            );
        }

        Assert.Contains("Redis is unavailable at", services["ApiService"].Output);

        installation.Launch("redis");
        foreach (var address in new[] { services.Api, services.Worker, services.Realtime })
        {
            await Eventually.WaitUntilAsync(
                async () => await Installation.GetHealthAsync(address, "?strict") == HttpStatusCode.OK,
                $"{address} reports no degradation",
                90
            );
        }
    }
}
