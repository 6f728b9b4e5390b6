using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace MovieLms.Bench.Api;

/// <summary>
/// Measures the upper limit of a database read: forwards commands to a real server, but responds to a repeated <c>find</c> of a to-do with
/// the recorded first reply, without any database work.
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
        ConnectionString = new MongoDB.Driver.MongoUrlBuilder(upstream)
        {
            Server = new MongoDB.Driver.MongoServerAddress("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port),
            DirectConnection = true,
        }.ToString();
        _ = AcceptAsync();
    }

    internal string ConnectionString { get; }

    /// <summary>The number of canned replies sent.</summary>
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
            // The listener was closed at the end of the benchmark.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var downstream = client;
        using var upstream = new TcpClient();
        client.NoDelay = upstream.NoDelay = true;
        var (requests, replies) = (new MessageBuffer(), new MessageBuffer());
        byte[]? copy = null;
        try
        {
            await upstream.ConnectAsync(_upstreamHost, _upstreamPort);
            while (await requests.ReceiveAsync(client.Client) is { Length: > 0 } message)
            {
                var isRead = IsTodoRead(message.Span);
                if (isRead && (copy ??= (byte[]?)_canned?.Clone()) is { } canned)
                {
                    // A reply contains the ID of its request. All other bytes stay the same.
                    message.Span.Slice(4, 4).CopyTo(canned.AsSpan(8));
                    await client.Client.SendAsync(canned);
                    Interlocked.Increment(ref _served);
                    continue;
                }
                await upstream.Client.SendAsync(message);
                var reply = await replies.ReceiveAsync(upstream.Client);
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

    /// <summary>Detects by its bytes a <c>find</c> in the collection <c>todos</c> with an ObjectId as <c>_id</c>.</summary>
    private static bool IsTodoRead(ReadOnlySpan<byte> message) =>
        BinaryPrimitives.ReadInt32LittleEndian(message[12..]) == OpMsg
        && message[25..].StartsWith("\u0002find\0\u0006\0\0\0todos\0"u8)
        && message.IndexOf("\u0007_id\0"u8) > 0;

    /// <summary>Receives wire messages one at a time into a growing buffer.</summary>
    private sealed class MessageBuffer
    {
        private byte[] _bytes = new byte[64 * 1024];
        private int _length;
        private int _messageLength;

        /// <summary>Returns the next message, valid until the next call; empty if the other side has closed the connection.</summary>
        internal async ValueTask<Memory<byte>> ReceiveAsync(Socket socket)
        {
            _bytes.AsSpan(_messageLength, _length - _messageLength).CopyTo(_bytes);
            _length -= _messageLength;
            _messageLength = 0;
            while (_length < HeaderLength || _length < BinaryPrimitives.ReadInt32LittleEndian(_bytes))
            {
                if (_length == _bytes.Length)
                    Array.Resize(ref _bytes, _bytes.Length * 2);
                var read = await socket.ReceiveAsync(_bytes.AsMemory(_length));
                if (read == 0)
                    return default;
                _length += read;
            }
            _messageLength = BinaryPrimitives.ReadInt32LittleEndian(_bytes);
            return _bytes.AsMemory(0, _messageLength);
        }
    }
}
