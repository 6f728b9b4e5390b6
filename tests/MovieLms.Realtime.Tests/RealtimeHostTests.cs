using System.Net;
using MovieLms.Testing;

namespace MovieLms.Realtime.Tests;

public sealed class RealtimeHostTests
{
    [Fact]
    public async Task The_service_runs_alone_and_is_ready()
    {
        await using var host = await ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.Realtime });
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/health?strict")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.GetAsync("/api/movies")).StatusCode);
    }
}
