using System.Net.Sockets;
using System.Text;

namespace MovieLms.Web.Tests.Gateway;

/// <summary>Requests that no service could be sent.</summary>
public sealed class MalformedRequestTests
{
    [Theory]
    [InlineData("CONNECT /api/movies", "films.example", 405)]
    [InlineData("CONNECT films.example:443", "films.example:443", 405)]
    [InlineData("GET /api/movies", " ", 400)]
    [InlineData("GET /api/movies", "films.example:99999", 400)]
    public async Task The_gateway_refuses_what_it_cannot_forward(string target, string host, int status)
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
    [InlineData("films.example")]
    [InlineData("films.example:8080")]
    [InlineData("127.0.0.1:80")]
    [InlineData("[::1]:80")]
    public async Task Ordinary_hosts_are_forwarded(string host)
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayHost.StartAsync([("apiservice", backend.Address)]);
        var response = await SendAsync(gateway.Address, $"GET /api/movies HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", response, StringComparison.Ordinal);
        Assert.Equal(host, Assert.Single(backend.Received).Headers["Host"]);
    }

    [Fact]
    public async Task The_method_stays_where_a_request_asks_for_a_WebSocket()
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayHost.StartAsync([("apiservice", backend.Address)]);
        var response = await SendAsync(
            gateway.Address,
            "DELETE /api/auth/sessions HTTP/1.1\r\nHost: films.example\r\nConnection: close, Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        Assert.StartsWith("HTTP/1.1 200 ", response, StringComparison.Ordinal);
        Assert.Equal("DELETE", Assert.Single(backend.Received).Method);
    }

    [Fact]
    public async Task The_body_of_a_GET_request_is_left_out()
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayHost.StartAsync([("apiservice", backend.Address)]);
        var request =
            $"GET /api/movies HTTP/1.1\r\nHost: films.example\r\nContent-Length: 60000\r\nConnection: close\r\n\r\n{new string('x', 60_000)}";
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
