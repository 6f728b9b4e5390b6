using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace MovieLms.Bench.Api;

/// <summary>
/// The ceiling of a database read: passes every command on to a real server, but answers a repeated <c>find</c> of one film
/// with the reply it recorded the first time, without any database work.
/// </summary>
internal sealed class CannedMongoProxy : IDisposable
{
    private const int HeaderLength = 16;
    private const int OpMsg = 2013;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _upstreamHost;
    private readonly int _upstreamPort;
    private byte[]? _canned;
    private long _served;

    internal CannedMongoProxy(string upstream)
    {
        var url = new MongoDB.Driver.MongoUrl(upstream);
        (_upstreamHost, _upstreamPort) = (url.Server.Host, url.Server.Port);
        _listener.Start();
        ConnectionString = $"mongodb://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/{url.DatabaseName}?directConnection=true";
        _ = AcceptAsync();
    }

    internal string ConnectionString { get; }

    /// <summary>Canned answers given.</summary>
    internal long Served => Interlocked.Read(ref _served);

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The listener was closed: the benchmark is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var downstream = client;
        using var upstream = new TcpClient();
        client.NoDelay = upstream.NoDelay = true;
        var (request, answer) = (new MessageBuffer(), new MessageBuffer());
        byte[]? own = null;
        try
        {
            await upstream.ConnectAsync(_upstreamHost, _upstreamPort);
            while (await request.ReceiveAsync(client.Client) is { Length: > 0 } message)
            {
                var isRead = IsMovieRead(message.Span);
                if (isRead && (own ??= (byte[]?)_canned?.Clone()) is { } canned)
                {
                    // Each answer names the request it belongs to; all else is the same bytes.
                    message.Span.Slice(4, 4).CopyTo(canned.AsSpan(8));
                    await client.Client.SendAsync(canned);
                    Interlocked.Increment(ref _served);
                    continue;
                }
                await upstream.Client.SendAsync(message);
                var reply = await answer.ReceiveAsync(upstream.Client);
                if (isRead)
                    _canned = reply.ToArray();
                await client.Client.SendAsync(reply);
            }
        }
        catch (SocketException)
        {
            // One side closed the connection, which ends it for the other too.
        }
    }

    /// <summary>A <c>find</c> of collection <c>movies</c> whose filter names an ObjectId as <c>_id</c>, told by its bytes alone.</summary>
    private static bool IsMovieRead(ReadOnlySpan<byte> message) =>
        BinaryPrimitives.ReadInt32LittleEndian(message[12..]) == OpMsg
        && message[25..].StartsWith("\u0002find\0\u0007\0\0\0movies\0"u8)
        && message.IndexOf("\u0007_id\0"u8) > 0;

    /// <summary>Receives one wire message after the other into one growing buffer.</summary>
    private sealed class MessageBuffer
    {
        private byte[] _bytes = new byte[64 * 1024];
        private int _have;
        private int _last;

        /// <summary>The next message, valid until the next call; empty when the other side has closed.</summary>
        internal async ValueTask<Memory<byte>> ReceiveAsync(Socket socket)
        {
            _bytes.AsSpan(_last, _have - _last).CopyTo(_bytes);
            _have -= _last;
            _last = 0;
            while (_have < HeaderLength || _have < BinaryPrimitives.ReadInt32LittleEndian(_bytes))
            {
                if (_have == _bytes.Length)
                    Array.Resize(ref _bytes, _bytes.Length * 2);
                var read = await socket.ReceiveAsync(_bytes.AsMemory(_have));
                if (read == 0)
                    return default;
                _have += read;
            }
            _last = BinaryPrimitives.ReadInt32LittleEndian(_bytes);
            return _bytes.AsMemory(0, _last);
        }
    }
}
