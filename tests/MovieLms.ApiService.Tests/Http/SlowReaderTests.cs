using System.Net.Sockets;
using System.Text;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Http;

/// <summary>Clients that request large responses and do not read them block no server threads.</summary>
public sealed class SlowReaderTests
{
    private const int Readers = 240;

    /// <summary>Long enough for a busy machine. The framework's own endpoint for the document exceeded it in most runs.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(4);

    [Theory]
    [InlineData("/openapi/v1.json")]
    [InlineData("/api/movies?limit=100")]
    public async Task Other_clients_are_served_while_many_do_not_read(string path)
    {
        await using var host = await ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.Api });
        (await host.Client.GetAsync(path)).EnsureSuccessStatusCode();
        var sockets = new List<Socket>();
        try
        {
            for (var i = 0; i < Readers; i++)
                sockets.Add(await SendAsync(host.Address, path));
            await Task.Delay(500);
            for (var i = 0; i < 10; i++)
            {
                using var deadline = new CancellationTokenSource(Timeout);
                (await host.Client.GetAsync("/alive", deadline.Token)).EnsureSuccessStatusCode();
            }
        }
        finally
        {
            foreach (var socket in sockets)
                socket.Dispose();
        }
    }

    /// <summary>Sends several requests on one connection with a small receive buffer.</summary>
    private static async Task<Socket> SendAsync(Uri server, string path)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 1_024 };
        await socket.ConnectAsync(server.Host, server.Port);
        await socket.SendAsync(
            Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat($"GET {path} HTTP/1.1\r\nHost: {server.Authority}\r\n\r\n", 20)))
        );
        return socket;
    }
}
