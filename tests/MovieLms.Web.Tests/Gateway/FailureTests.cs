using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using MovieLms.Testing;

namespace MovieLms.Web.Tests.Gateway;

public sealed class FailureTests
{
    [Fact]
    public async Task An_unavailable_service_is_a_problem_document_or_an_html_page()
    {
        var address = FindFreeAddress();
        await using var gateway = await GatewayHost.StartAsync([("apiservice", address)]);
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post })
        {
            using var response = await gateway.Client.SendAsync(new HttpRequestMessage(method, "/api/x"));
            Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
            Assert.NotNull(response.Headers.RetryAfter);
            Assert.Equal(["default-src 'none'; frame-ancestors 'none'"], response.Headers.GetValues("Content-Security-Policy"));
            var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
            Assert.Equal("The service is unavailable", problem.GetProperty("title").GetString());
            Assert.True(problem.TryGetProperty("traceId", out _));
        }
        using var page = new HttpRequestMessage(HttpMethod.Get, "/api/x") { Headers = { { "Accept", "text/html,*/*;q=0.8" } } };
        Assert.Equal("text/html", (await gateway.Client.SendAsync(page)).Content.Headers.ContentType!.MediaType);

        await using var backend = await Backend.StartAsync(address: address);
        Assert.Equal(HttpStatusCode.OK, (await gateway.Client.GetAsync("/api/x")).StatusCode);
    }

    [Fact]
    public async Task Reads_succeed_while_one_of_two_instances_is_down()
    {
        var down = FindFreeAddress();
        await using var up = await Backend.StartAsync();
        await using var gateway = await GatewayHost.StartAsync([("apiservice", down), ("apiservice", up.Address)]);
        for (var i = 0; i < 20; i++)
            Assert.Equal(HttpStatusCode.OK, (await gateway.Client.GetAsync("/api/x")).StatusCode);
        await Eventually.WaitUntilAsync(
            async () =>
            {
                for (var i = 0; i < 10; i++)
                {
                    if ((await gateway.Client.PostAsync("/api/x", null)).StatusCode != HttpStatusCode.OK)
                        return false;
                }

                return true;
            },
            "writes go only to the other instance"
        );
        await using var restarted = await Backend.StartAsync(address: down);
        await Eventually.WaitUntilAsync(
            async () => (await gateway.Client.GetAsync("/api/x")).IsSuccessStatusCode && restarted.Received.Count > 0,
            "the instance is used again"
        );
    }

    /// <summary>HTTP clients tend to retry when a keep-alive connection breaks before the response.</summary>
    [Theory]
    [InlineData("POST", false)]
    [InlineData("POST", true)]
    [InlineData("PUT", true)]
    [InlineData("PATCH", true)]
    [InlineData("DELETE", false)]
    public async Task A_write_is_not_retried_when_its_connection_breaks(string method, bool hasBody)
    {
        await using var one = await BreakingServer.StartAsync();
        await using var other = await BreakingServer.StartAsync();
        await using var gateway = await GatewayHost.StartAsync([("apiservice", one.Address), ("apiservice", other.Address)]);
        for (var i = 0; i < 10; i++)
            Assert.Equal(HttpStatusCode.OK, (await gateway.Client.GetAsync("/api/warm-up")).StatusCode);
        for (var i = 1; i <= 4; i++)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), "/api/write");
            if (hasBody)
                request.Content = new StringContent("{}");
            Assert.Equal(HttpStatusCode.BadGateway, (await gateway.Client.SendAsync(request)).StatusCode);
            Assert.Equal(i, one.Writes + other.Writes);
        }
    }

    [Fact]
    public async Task A_stopping_gateway_does_not_wait_for_hub_connections()
    {
        var connected = new TaskCompletionSource();
        await using var backend = await Backend.StartAsync(async context =>
        {
            connected.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        var settings = new Dictionary<string, string?> { ["Shutdown:Seconds"] = "600" };
        var gateway = await GatewayHost.StartAsync([("realtime", backend.Address)], settings);
        using var client = gateway.NewClient();
        var connection = client.GetAsync("/hubs/chat");
        await connected.Task;
        await gateway.DisposeAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => connection);
    }

    /// <summary>
    /// Returns an address with a free port below the ephemeral range, so that no client connection uses the port in the meantime.
    /// </summary>
    private static string FindFreeAddress()
    {
        while (true)
        {
            using var probe = new TcpListener(IPAddress.Loopback, Random.Shared.Next(20_000, 30_000));
            try
            {
                probe.Start();
                return $"http://{probe.LocalEndpoint}";
            }
            catch (SocketException)
            {
                // In use: try another port.
            }
        }
    }
}
