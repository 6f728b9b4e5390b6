using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace MovieLms.Testing.Processes;

/// <summary>
/// A network link between clients and a server that a test can cut. While it is cut, no data passes and no connection is closed.
/// Restoring it resets the existing connections, as replacing a router does.
/// </summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<TcpClient, bool> _open = new();
    private readonly Uri _server;
    private readonly Task _accepting;
    private volatile TaskCompletionSource? _mended;

    private TcpProxy(Uri server)
    {
        _server = server;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _accepting = AcceptAsync();
    }

    /// <summary>The address that clients use instead of the server's.</summary>
    public Uri Address { get; }

    /// <summary>Starts a proxy that forwards all connections to a server.</summary>
    public static TcpProxy Before(Uri server) => new(server);

    /// <summary>Blocks all data in both directions.</summary>
    public void Cut() => _mended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Resets all connections and blocks new ones.</summary>
    public void Unplug()
    {
        Cut();
        foreach (var connection in _open.Keys)
            connection.Dispose();
    }

    /// <summary>Resets existing connections and forwards new ones again.</summary>
    public void Restore()
    {
        foreach (var connection in _open.Keys)
            connection.Dispose();
        Interlocked.Exchange(ref _mended, null)?.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        Restore();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
            _ = ForwardAsync(await _listener.AcceptTcpClientAsync(_end.Token));
    }

    private async Task ForwardAsync(TcpClient client)
    {
        using var server = new TcpClient { NoDelay = true };
        client.NoDelay = true;
        _open[client] = _open[server] = true;
        try
        {
            if (_mended is { } mended)
                await mended.Task;
            await server.ConnectAsync(_server.Host, _server.Port, _end.Token);
            await Task.WhenAny(CopyAsync(client, server), CopyAsync(server, client));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // One side has closed the connection. Close the other side, too.
        }
        finally
        {
            client.Dispose();
            _open.TryRemove(client, out _);
            _open.TryRemove(server, out _);
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to)
    {
        var (source, target) = (from.GetStream(), to.GetStream());
        var buffer = new byte[16 * 1024];
        for (int count; (count = await source.ReadAsync(buffer, _end.Token)) > 0; )
        {
            if (_mended is { } mended)
                await mended.Task;
            await target.WriteAsync(buffer.AsMemory(0, count), _end.Token);
        }
    }
}
