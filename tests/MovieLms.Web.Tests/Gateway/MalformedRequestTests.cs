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
        var response = await SendAsync(gateway.Address, $"{target} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
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

    private static async Task<string> SendAsync(Uri gateway, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(gateway.Host, gateway.Port);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request));
        return await new StreamReader(client.GetStream(), Encoding.Latin1).ReadToEndAsync();
    }
}
