using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MovieLms.Testing;

namespace MovieLms.ServiceDefaults.Tests;

public sealed class HealthTests
{
    private static ServiceHostOptions With(string name, string value) =>
        new()
        {
            Services = Services.None,
            WaitUntilReady = false,
            Settings = new Dictionary<string, string?> { [name] = value },
        };

    [Fact]
    public async Task Without_MongoDB_the_service_is_alive_but_not_ready()
    {
        await using var host = await ServiceHost.StartAsync(
            With("ConnectionStrings:mongodb", "mongodb://127.0.0.1:1/gone?serverSelectionTimeoutMS=300") with
            {
                Name = BackingServices.CreateName(),
            }
        );
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/alive")).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.Client.GetAsync("/health")).StatusCode);
    }

    [Fact]
    public async Task Without_Redis_the_service_is_degraded_and_fails_only_strict_probes()
    {
        await using var host = await ServiceHost.StartAsync(
            With("ConnectionStrings:redis", "127.0.0.1:1,connectTimeout=200") with
            {
                Name = BackingServices.CreateName(),
            }
        );
        var health = await host.Client.GetAsync("/health");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        Assert.Contains("Degraded", await health.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.Client.GetAsync("/health?strict")).StatusCode);
    }

    [Fact]
    public async Task Concurrent_probes_run_the_checks_once_per_second_and_delay_no_other_request()
    {
        var computations = 0;
        await using var host = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Settings = new Dictionary<string, string?> { ["RateLimits:RequestsPerSecond"] = "100000" },
                Configure = services =>
                    services
                        .AddHealthChecks()
                        .AddAsyncCheck(
                            "slow",
                            async () =>
                            {
                                Interlocked.Increment(ref computations);
                                await Task.Delay(200);
                                return HealthCheckResult.Healthy();
                            }
                        ),
            }
        );
        (await host.Client.GetAsync("/api/movies")).EnsureSuccessStatusCode();
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        var clients = Enumerable.Range(0, 64).Select(_ => ProbeAsync(host, stop.Token)).ToArray();
        var slowest = TimeSpan.Zero;
        var stopwatch = Stopwatch.StartNew();
        while (!stop.IsCancellationRequested)
        {
            var started = stopwatch.Elapsed;
            (await host.Client.GetAsync("/api/movies")).EnsureSuccessStatusCode();
            if (stopwatch.Elapsed - started > slowest)
                slowest = stopwatch.Elapsed - started;
            await Task.Delay(20);
        }
        var statuses = (await Task.WhenAll(clients)).SelectMany(status => status).ToList();
        Assert.True(statuses.Count > 1_000, $"{statuses.Count} requests");
        Assert.All(statuses, status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.InRange(computations, 2, (int)Math.Ceiling(stopwatch.Elapsed.TotalSeconds) + 1);
        Assert.True(slowest < TimeSpan.FromSeconds(1), $"A read took {slowest}.");
    }

    [Theory]
    [InlineData("Development", "127.0.0.1", null, true)]
    [InlineData("Production", "127.0.0.1", null, false)]
    [InlineData("Development", "203.0.113.9", null, false)]
    [InlineData("Development", null, "Forwarded", false)]
    [InlineData("Development", null, "X-Real-IP", false)]
    [InlineData("Development", null, "Via", false)]
    public async Task Local_callers_in_Development_get_details(string environment, string? forwardedFor, string? header, bool hasDetails)
    {
        await using var host = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.Api,
                Environment = environment,
                Settings = new Dictionary<string, string?> { ["ForwardedHeaders:Proxies:0"] = "127.0.0.1" },
            }
        );
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health");
        if (forwardedFor is not null)
            request.Headers.Add("X-Forwarded-For", forwardedFor);
        if (header is not null)
            request.Headers.Add(header, "1.1 127.0.0.1");
        await AssertDetailsAsync(await host.Client.SendAsync(request), hasDetails);
    }

    [Fact]
    public async Task Administrators_get_details_and_a_rebound_host_name_does_not()
    {
        await using var host = await ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.Api });
        foreach (var (isAdmin, hasDetails) in new[] { (true, true), (false, false) })
        {
            var user = isAdmin ? await host.SignInAdminAsync() : await host.SignInStudentAsync();
            using var request = new HttpRequestMessage(HttpMethod.Get, "/health") { Headers = { Host = "rebound.example" } };
            await AssertDetailsAsync(await user.Client.SendAsync(request), hasDetails);
        }
    }

    private static async Task AssertDetailsAsync(HttpResponseMessage response, bool hasDetails)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        if (hasDetails)
            Assert.Contains("\"mongodb\"", text, StringComparison.Ordinal);
        else
            Assert.Equal("""{"status":"Healthy"}""", text);
    }

    private static async Task<List<HttpStatusCode>> ProbeAsync(ServiceHost host, CancellationToken cancellationToken)
    {
        using var client = host.CreateClient();
        var statuses = new List<HttpStatusCode>();
        while (!cancellationToken.IsCancellationRequested)
        {
            using var response = await client.GetAsync("/health", CancellationToken.None);
            statuses.Add(response.StatusCode);
        }
        return statuses;
    }
}
