using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace MovieLms.Testing.Processes;

/// <summary>
/// A piece of network between clients and a server that a test can cut: while it is cut nothing passes and nobody is told,
/// and when it is mended the connections of before are gone, as they are behind a router that was replaced.
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

    /// <summary>What clients call instead of the server.</summary>
    public Uri Address { get; }

    /// <summary>Listens, and passes everything to and from a server.</summary>
    public static TcpProxy Before(Uri server) => new(server);

    /// <summary>From here on no byte passes in either direction.</summary>
    public void Cut() => _mended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The cable is out and both sides see it: connections are reset, and new ones get nowhere.</summary>
    public void Unplug()
    {
        Cut();
        foreach (var connection in _open.Keys)
            connection.Dispose();
    }

    /// <summary>New connections pass again; those of before are reset.</summary>
    public void Mend()
    {
        foreach (var connection in _open.Keys)
            connection.Dispose();
        Interlocked.Exchange(ref _mended, null)?.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        Mend();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
            _ = ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token));
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient { NoDelay = true };
        client.NoDelay = true;
        _open[client] = _open[server] = true;
        try
        {
            if (_mended is { } mended)
                await mended.Task;
            await server.ConnectAsync(_server.Host, _server.Port, _end.Token);
            await Task.WhenAny(PassAsync(client, server), PassAsync(server, client));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // One side is gone; so is the other then.
        }
        finally
        {
            client.Dispose();
            _open.TryRemove(client, out _);
            _open.TryRemove(server, out _);
        }
    }

    private async Task PassAsync(TcpClient from, TcpClient to)
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
