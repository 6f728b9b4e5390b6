using System.Net.Sockets;
using System.Text;
using MovieLms.Testing;

namespace MovieLms.EndToEnd.SlowClients;

/// <summary>Connections that start a request and never finish it. Connections closed by the server are reopened.</summary>
internal sealed class HalfOpenClients : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Task _clients;
    private int _open;

    /// <summary>Opens WebSocket connections. <paramref name="connect"/> receives the number of the connection.</summary>
    internal HalfOpenClients(Uri server, Func<Uri, int, Task<RawWebSocket>> connect) =>
        _clients = Task.WhenAll(
            Enumerable.Range(0, SlowAttack.Connections).Select(number => RunAsync(() => WaitForEndAsync(server, connect, number)))
        );

    /// <summary>Opens plain TCP connections.</summary>
    internal HalfOpenClients(Uri server, Func<Uri, Task<Socket>> connect) =>
        _clients = Task.WhenAll(Enumerable.Range(0, SlowAttack.Connections).Select(_ => RunAsync(() => WaitForEndAsync(server, connect))));

    /// <summary>The number of open connections.</summary>
    internal int Open => Volatile.Read(ref _open);

    /// <summary>Connects and sends the first half of a request.</summary>
    internal static async Task<Socket> SendHalfRequestAsync(Uri server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server.Host, server.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /api/movies HTTP/1.1\r\nHost: {server.Authority}\r\nAccept"));
        return socket;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _clients;
        _end.Dispose();
    }

    private async Task RunAsync(Func<Task> openAsync)
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                await openAsync();
            }
            catch (Exception e)
                when (e is IOException or SocketException or OperationCanceledException or FormatException or ArgumentException)
            {
                // Rejected or closed by the server: reconnect.
            }
            await Task.Delay(200, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WaitForEndAsync(Uri server, Func<Uri, int, Task<RawWebSocket>> connect, int number)
    {
        using var client = await connect(server, number);
        if (client.Status == 101)
        {
            await CountAsync(async () =>
            {
                while (await client.ReceiveAsync().WaitAsync(_end.Token) is not null)
                    ;
            });
        }
    }

    private async Task WaitForEndAsync(Uri server, Func<Uri, Task<Socket>> connect)
    {
        using var socket = await connect(server);
        await CountAsync(async () =>
        {
            while (await socket.ReceiveAsync(new byte[256], _end.Token) > 0)
                ;
        });
    }

    private async Task CountAsync(Func<Task> waitAsync)
    {
        Interlocked.Increment(ref _open);
        try
        {
            await waitAsync();
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }
}
