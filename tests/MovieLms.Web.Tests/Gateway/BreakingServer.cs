using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MovieLms.Web.Tests.Gateway;

/// <summary>A server that responds to GET and closes the connection on any other request, like a killed process.</summary>
internal sealed class BreakingServer : IAsyncDisposable
{
    private static readonly byte[] Ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private Task _accepting = Task.CompletedTask;
    private int _writes;

    internal string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>The number of received requests other than GET.</summary>
    internal int Writes => _writes;

    internal static Task<BreakingServer> StartAsync()
    {
        var server = new BreakingServer();
        server._listener.Start();
        server._accepting = server.AcceptAsync();
        return Task.FromResult(server);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
            _ = ServeAsync(await _listener.AcceptTcpClientAsync());
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var connection = client;
        var stream = client.GetStream();
        var buffer = new byte[16 * 1024];
        try
        {
            for (int count; (count = await stream.ReadAsync(buffer)) > 0; )
            {
                if (!Encoding.ASCII.GetString(buffer, 0, count).StartsWith("GET ", StringComparison.Ordinal))
                {
                    Interlocked.Increment(ref _writes);
                    return;
                }
                await stream.WriteAsync(Ok);
            }
        }
        catch (IOException)
        {
            // The gateway closed the connection.
        }
    }
}
