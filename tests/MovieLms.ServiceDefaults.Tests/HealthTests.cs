using System.Net;
using MovieLms.Testing;

namespace MovieLms.ServiceDefaults.Tests;

public sealed class HealthTests
{
    private static ServiceHostOptions With(string name, string value) => new()
    {
        Services = Services.None, WaitUntilReady = false, Settings = new Dictionary<string, string?> { [name] = value },
    };

    [Fact]
    public async Task Without_mongodb_the_service_is_alive_and_not_ready()
    {
        await using var host = await ServiceHost.StartAsync(
            With("ConnectionStrings:mongodb", "mongodb://127.0.0.1:1/gone?serverSelectionTimeoutMS=300") with { Name = BackingServices.NewName() });
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/alive")).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.Client.GetAsync("/health")).StatusCode);
    }

    [Fact]
    public async Task Without_redis_the_service_is_degraded_and_serves_but_strict_monitors_hear_of_it()
    {
        await using var host = await ServiceHost.StartAsync(
            With("ConnectionStrings:redis", "127.0.0.1:1,connectTimeout=200") with { Name = BackingServices.NewName() });
        var health = await host.Client.GetAsync("/health");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        Assert.Contains("Degraded", await health.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.Client.GetAsync("/health?strict")).StatusCode);
    }
}
