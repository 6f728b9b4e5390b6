using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;

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
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync());
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
        try
        {
            await upstream.ConnectAsync(_upstreamHost, _upstreamPort);
            var (near, far) = (client.GetStream(), upstream.GetStream());
            while (true)
            {
                var request = await ReadAsync(near);
                var isRead = IsFilmRead(request);
                if (isRead && _canned is { } canned)
                {
                    // Each answer names the request it belongs to; all else is the same bytes.
                    var reply = (byte[])canned.Clone();
                    request.AsSpan(4, 4).CopyTo(reply.AsSpan(8));
                    await near.WriteAsync(reply);
                    Interlocked.Increment(ref _served);
                    continue;
                }
                await far.WriteAsync(request);
                var answer = await ReadAsync(far);
                if (isRead) _canned = answer;
                await near.WriteAsync(answer);
            }
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // One side closed the connection, which ends it for the other too.
        }
    }

    private static async Task<byte[]> ReadAsync(NetworkStream stream)
    {
        var header = new byte[HeaderLength];
        await stream.ReadExactlyAsync(header);
        var message = new byte[BinaryPrimitives.ReadInt32LittleEndian(header)];
        header.CopyTo(message, 0);
        await stream.ReadExactlyAsync(message.AsMemory(HeaderLength));
        return message;
    }

    private static bool IsFilmRead(byte[] message)
    {
        if (BinaryPrimitives.ReadInt32LittleEndian(message.AsSpan(12)) != OpMsg || message[HeaderLength + 4] != 0) return false;
        // The first element's name is the command's: "find" of collection "movies".
        if (!message.AsSpan(HeaderLength + 9).StartsWith("\u0002find\0"u8)) return false;
        var command = BsonSerializer.Deserialize<BsonDocument>(message.AsSpan(HeaderLength + 5).ToArray());
        return command["find"] == "movies" && command["filter"].AsBsonDocument.Contains("_id");
    }
}
