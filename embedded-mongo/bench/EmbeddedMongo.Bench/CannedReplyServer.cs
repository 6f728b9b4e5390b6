using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using MongoDB.Bson;

namespace EmbeddedMongo.Bench;

/// <summary>
/// The fastest possible server: it responds to the handshake, and to every other message with one prepared reply.
/// It measures the maximum rate of point reads with a given client.
/// </summary>
internal static class CannedReplyServer
{
    public static async Task RunAsync(BsonDocument document, Action<int> started)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(512);
        started(((IPEndPoint)listener.LocalEndPoint!).Port);
        var hello = new BsonDocument
        {
            { "isWritablePrimary", true },
            { "ismaster", true },
            { "helloOk", true },
            { "maxBsonObjectSize", 16777216 },
            { "maxMessageSizeBytes", 48000000 },
            { "maxWriteBatchSize", 100000 },
            { "minWireVersion", 0 },
            { "maxWireVersion", 21 },
            { "logicalSessionTimeoutMinutes", 30 },
            { "readOnly", false },
            { "ok", 1.0 },
        }.ToBson();
        var found = new BsonDocument
        {
            {
                "cursor",
                new BsonDocument
                {
                    {
                        "firstBatch",
                        new BsonArray { document }
                    },
                    { "id", 0L },
                    { "ns", "bench.items" },
                }
            },
            { "ok", 1.0 },
        }.ToBson();
        while (true)
        {
            var socket = await listener.AcceptAsync();
            socket.NoDelay = true;
            _ = Task.Run(() => ServeAsync(socket, CreateMessage(hello), CreateMessage(found), CreateLegacyReply(hello)));
        }
    }

    private static async Task ServeAsync(Socket socket, byte[] hello, byte[] found, byte[] legacyHello)
    {
        using var _ = socket;
        var buffer = new byte[64 * 1024];
        var received = 0;
        while (true)
        {
            while (received < 16 || received < BinaryPrimitives.ReadInt32LittleEndian(buffer))
            {
                var read = await socket.ReceiveAsync(buffer.AsMemory(received));
                if (read == 0)
                    return;

                received += read;
            }

            var length = BinaryPrimitives.ReadInt32LittleEndian(buffer);
            var isLegacy = BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(12)) == 2004;
            var isHello = buffer.AsSpan(0, length).IndexOf("hello"u8) >= 0 || buffer.AsSpan(0, length).IndexOf("aster"u8) >= 0;
            var reply =
                isLegacy ? legacyHello
                : isHello ? hello
                : found;
            BinaryPrimitives.WriteInt32LittleEndian(reply.AsSpan(8), BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(4)));
            buffer.AsSpan(length, received - length).CopyTo(buffer);
            received -= length;
            await socket.SendAsync(reply.ToArray());
        }
    }

    private static byte[] CreateMessage(byte[] body)
    {
        var message = new byte[21 + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(12), 2013);
        body.CopyTo(message, 21);
        return message;
    }

    private static byte[] CreateLegacyReply(byte[] body)
    {
        var message = new byte[36 + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(12), 1);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(32), 1);
        body.CopyTo(message, 36);
        return message;
    }
}
