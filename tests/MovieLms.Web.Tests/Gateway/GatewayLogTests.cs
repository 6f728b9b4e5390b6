using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using MovieLms.Testing;

namespace MovieLms.Web.Tests.Gateway;

/// <summary>Client errors in the gateway's log.</summary>
public sealed class GatewayLogTests
{
    [Fact]
    public async Task An_interrupted_request_body_logs_no_warning()
    {
        using var log = new FakeLoggerProvider();
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayHost.StartAsync(
            [("apiservice", backend.Address)],
            logging: logging => logging.AddProvider(log)
        );
        (await gateway.Client.GetAsync("/api/movies")).EnsureSuccessStatusCode();
        for (var i = 0; i < 10; i++)
        {
            using var client = new TcpClient { LingerState = new LingerOption(true, 0) };
            await client.ConnectAsync(gateway.Address.Host, gateway.Address.Port);
            await client
                .GetStream()
                .WriteAsync(
                    Encoding.ASCII.GetBytes(
                        $"POST /api/auth/login HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\nContent-Length: 1000\r\n\r\n{{"
                    )
                );
            await Task.Delay(50);
        }
        await Task.Delay(500);
        Assert.DoesNotContain(
            log.GetLines(LogLevel.Warning),
            line => line.StartsWith("Yarp.ReverseProxy.Forwarder", StringComparison.Ordinal)
        );
    }
}
