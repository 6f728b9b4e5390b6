using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using MovieLms.Testing;

namespace MovieLms.ServiceDefaults.Tests;

public sealed class OutgoingHttpTests
{
    [Fact]
    public async Task A_failed_read_is_retried()
    {
        await using var server = await Server.StartAsync();
        Assert.Equal(HttpStatusCode.OK, await server.SendAsync(HttpMethod.Get, "/fails-once"));
        Assert.Equal(2, server.Requests);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    public async Task A_failed_write_is_not_retried(string method)
    {
        await using var server = await Server.StartAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await server.SendAsync(new HttpMethod(method), "/fails-once"));
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task A_slow_read_times_out_and_a_slow_write_does_not()
    {
        await using var server = await Server.StartAsync();
        Assert.Equal(HttpStatusCode.OK, await server.SendAsync(HttpMethod.Post, "/slow"));
        await Assert.ThrowsAnyAsync<Exception>(() => server.SendAsync(HttpMethod.Get, "/slow"));
    }

    /// <summary>A host that calls itself, with short timeouts to keep the tests fast.</summary>
    private sealed class Server : IAsyncDisposable
    {
        private ServiceHost _host = null!;
        private int _requests;

        internal int Requests => _requests;

        internal static async Task<Server> StartAsync()
        {
            var server = new Server();
            server._host = await ServiceHost.StartAsync(
                new ServiceHostOptions
                {
                    Services = Services.None,
                    Configure = services =>
                        services.PostConfigureAll<HttpStandardResilienceOptions>(options =>
                        {
                            options.Retry.Delay = TimeSpan.FromMilliseconds(10);
                            options.AttemptTimeout.Timeout = TimeSpan.FromSeconds(1);
                            options.TotalRequestTimeout.Timeout = TimeSpan.FromSeconds(2);
                            options.CircuitBreaker.SamplingDuration = TimeSpan.FromSeconds(4);
                        }),
                    Map = app =>
                    {
                        app.Map("/fails-once", () => TypedResults.StatusCode(Interlocked.Increment(ref server._requests) == 1 ? 503 : 200))
                            .AllowAnonymous();
                        app.Map(
                                "/slow",
                                async (CancellationToken cancellationToken) =>
                                {
                                    await Task.Delay(TimeSpan.FromSeconds(3), cancellationToken);
                                    return TypedResults.Ok();
                                }
                            )
                            .AllowAnonymous();
                    },
                }
            );
            return server;
        }

        internal async Task<HttpStatusCode> SendAsync(HttpMethod method, string path)
        {
            using var client = _host.App.Services.GetRequiredService<IHttpClientFactory>().CreateClient("test");
            using var request = new HttpRequestMessage(method, new Uri(_host.Address, path));
            using var response = await client.SendAsync(request);
            return response.StatusCode;
        }

        public ValueTask DisposeAsync() => _host.DisposeAsync();
    }
}
