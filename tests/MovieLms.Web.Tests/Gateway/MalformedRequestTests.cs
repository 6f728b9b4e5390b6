using System.Net.Sockets;
using System.Text;

namespace MovieLms.Web.Tests.Gateway;

/// <summary>Requests that cannot be forwarded, or only after a correction.</summary>
public sealed class MalformedRequestTests
{
    [Theory]
    [InlineData("CONNECT /api/movies", "movies.example", 405)]
    [InlineData("CONNECT movies.example:443", "movies.example:443", 405)]
    [InlineData("GET /api/movies", " ", 400)]
    [InlineData("GET /api/movies", "movies.example:99999", 400)]
    public async Task A_request_that_cannot_be_forwarded_is_rejected(string target, string host, int status)
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayHost.StartAsync([("apiservice", backend.Address)]);
        var response = await SendAsync(
            gateway.Address,
            $"{target} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
        Assert.StartsWith($"HTTP/1.1 {status} ", response, StringComparison.Ordinal);
        Assert.Empty(backend.Received);
        Assert.Contains("Content-Type: application/problem+json", response, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("movies.example")]
    [InlineData("movies.example:8080")]
    [InlineData("127.0.0.1:80")]
    [InlineData("[::1]:80")]
    public async Task Valid_hosts_are_forwarded(string host)
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayHost.StartAsync([("apiservice", backend.Address)]);
        var response = await SendAsync(gateway.Address, $"GET /api/movies HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", response, StringComparison.Ordinal);
        Assert.Equal(host, Assert.Single(backend.Received).Headers["Host"]);
    }

    [Fact]
    public async Task A_WebSocket_upgrade_does_not_change_the_method()
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayHost.StartAsync([("apiservice", backend.Address)]);
        var response = await SendAsync(
            gateway.Address,
            "DELETE /api/auth/sessions HTTP/1.1\r\nHost: movies.example\r\nConnection: close, Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        Assert.StartsWith("HTTP/1.1 200 ", response, StringComparison.Ordinal);
        Assert.Equal("DELETE", Assert.Single(backend.Received).Method);
    }

    [Fact]
    public async Task The_body_of_a_GET_request_is_not_forwarded()
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayHost.StartAsync([("apiservice", backend.Address)]);
        var request =
            "GET /api/movies HTTP/1.1\r\nHost: movies.example\r\nContent-Length: 60000\r\nConnection: close\r\n\r\n"
            + new string('x', 60_000);
        Assert.StartsWith("HTTP/1.1 200 ", await SendAsync(gateway.Address, request), StringComparison.Ordinal);
        Assert.Equal(0, Assert.Single(backend.Received).BodyBytes);
    }

    private static async Task<string> SendAsync(Uri gateway, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(gateway.Host, gateway.Port);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await new StreamReader(client.GetStream(), Encoding.Latin1).ReadToEndAsync(limit.Token);
    }
}
