using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Wire;
using MongoDB.Bson;

namespace EmbeddedMongo.Tests.Wire;

/// <summary>A connection that sends single commands, for tests of the connection's state.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public static async Task<RawClient> ConnectAsync(int port)
    {
        var client = new RawClient();
        await client._socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        return client;
    }

    /// <summary>Sends a command as OP_MSG and returns the reply.</summary>
    public Task<BsonDocument> RunAsync(BsonDocument command, string database = "admin") =>
        ExchangeAsync(WireProtocol.OpMsg, [0, 0, 0, 0, 0, .. new BsonDocument(command) { { "$db", database } }.ToBson()], 21);

    /// <summary>Sends a command as OP_QUERY and returns the reply.</summary>
    public Task<BsonDocument> QueryAsync(BsonDocument command, string database = "admin") =>
        ExchangeAsync(
            WireProtocol.OpQuery,
            [0, 0, 0, 0, .. Encoding.UTF8.GetBytes(database), .. ".$cmd\0"u8, 0, 0, 0, 0, 255, 255, 255, 255, .. command.ToBson()],
            36
        );

    public void Dispose() => _socket.Dispose();

    private async Task<BsonDocument> ExchangeAsync(int opCode, byte[] content, int replyPrefix)
    {
        var message = new byte[WireProtocol.HeaderLength + content.Length];
        new MessageHeader(message.Length, 1, 0, opCode).Write(message);
        content.CopyTo(message, WireProtocol.HeaderLength);
        await _socket.SendAsync(message);
        await using var stream = new NetworkStream(_socket);
        var length = new byte[4];
        await stream.ReadExactlyAsync(length);
        var reply = new byte[BinaryPrimitives.ReadInt32LittleEndian(length) - length.Length];
        await stream.ReadExactlyAsync(reply);
        return BsonDecoder.Decode(reply.AsSpan(replyPrefix - length.Length));
    }
}
