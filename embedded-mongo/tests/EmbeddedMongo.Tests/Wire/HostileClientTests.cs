using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Wire;
using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Wire;

[Collection(NonParallelCollection.Name)]
public sealed class HostileClientTests : IAsyncLifetime
{
    private EmbeddedMongoServer _server = null!;
    private IMongoDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await EmbeddedMongoServer.StartAsync();
        _database = new MongoClient(_server.ConnectionString).GetDatabase("hostile");
    }

    public async ValueTask DisposeAsync()
    {
        // The server must still respond, regardless of what a test sent.
        await _database.RunCommandAsync<BsonDocument>("{ping: 1}");
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Random_bytes_close_only_their_connection()
    {
        var random = new Random(5);
        for (var round = 0; round < 300; round++)
        {
            using var socket = await ConnectAsync();
            var bytes = new byte[random.Next(1, 400)];
            random.NextBytes(bytes);
            if (round % 2 == 0 && bytes.Length > 16)
            {
                BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length);
                BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), WireProtocol.OpMsg);
            }

            await socket.SendAsync(bytes);
            socket.Shutdown(SocketShutdown.Send);
            await DrainAsync(socket);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(-1)]
    [InlineData(48_000_001)]
    [InlineData(int.MaxValue)]
    public async Task An_invalid_length_closes_the_connection(int length)
    {
        using var socket = await ConnectAsync();
        var header = new byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(header, length);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), WireProtocol.OpMsg);
        await socket.SendAsync(header);
        Assert.Empty(await DrainAsync(socket));
    }

    [Fact]
    public async Task Announced_but_unsent_bytes_use_no_memory()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var sockets = new List<Socket>();
        for (var i = 0; i < 100; i++)
        {
            var socket = await ConnectAsync();
            var header = new byte[16];
            BinaryPrimitives.WriteInt32LittleEndian(header, 48_000_000);
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), WireProtocol.OpMsg);
            await socket.SendAsync(header);
            sockets.Add(socket);
        }

        await _database.RunCommandAsync<BsonDocument>("{ping: 1}");
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 100_000_000);
        sockets.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task Two_thousand_idle_connections_use_little_memory_and_the_server_responds()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var sockets = new List<Socket>();
        for (var i = 0; i < 2000; i++)
            sockets.Add(await ConnectAsync());

        await _database.GetCollection<BsonDocument>("idle").InsertOneAsync(new BsonDocument("_id", 1));
        Assert.Equal(1, await _database.GetCollection<BsonDocument>("idle").CountDocumentsAsync("{}"));
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 60_000_000);
        sockets.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task Nesting_beyond_the_limit_is_an_error_and_not_a_crash()
    {
        var nested = new BsonDocument("a", 1);
        for (var level = 0; level < 190; level++)
            nested = new BsonDocument("a", nested);

        var command = new BsonDocument
        {
            { "insert", "deep" },
            {
                "documents",
                new BsonArray { nested }
            },
            { "$db", "hostile" },
        };
        using (var client = await ConnectAsync())
        {
            await client.SendAsync(Message(BsonEncoder.ToBytes(command)));
            var reply = BsonDecoder.Decode((await ReadMessageAsync(client)).AsSpan(21));
            Assert.Equal(15, reply["writeErrors"][0]["code"]);
        }

        using var socket = await ConnectAsync();
        await socket.SendAsync(Message(DeepDocument(100_000)));
        socket.Shutdown(SocketShutdown.Send);
        await DrainAsync(socket);
    }

    [Fact]
    public async Task An_array_of_a_million_elements_is_stored_indexed_and_found()
    {
        var items = _database.GetCollection<BsonDocument>("large");
        await items.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{numbers: 1}"));
        await items.InsertOneAsync(new BsonDocument { { "_id", 1 }, { "numbers", new BsonArray(Enumerable.Range(0, 1_000_000)) } });
        Assert.Equal(1, await items.CountDocumentsAsync("{numbers: 999999}"));
        Assert.Equal(
            0,
            await items.CountDocumentsAsync(
                new BsonDocument("numbers", new BsonDocument("$in", new BsonArray(Enumerable.Range(2_000_000, 500_000))))
            )
        );
    }

    [Fact]
    public async Task A_catastrophic_pattern_does_not_hang_the_server()
    {
        var items = _database.GetCollection<BsonDocument>("patterns");
        await items.InsertOneAsync(new BsonDocument("text", new string('a', 40) + "!"));
        foreach (var pattern in (string[])["^(a+)+$", "(a|aa)+$", "(a*)*b", @"^(a+)\1+$"])
        {
            try
            {
                Assert.Empty(await items.Find(new BsonDocument("text", new BsonRegularExpression(pattern))).ToListAsync());
            }
            catch (MongoCommandException)
            {
                // The match timeout stops patterns that require backtracking.
            }
        }
    }

    [Fact]
    public async Task A_query_is_stopped_at_its_time_limit()
    {
        var items = _database.GetCollection<BsonDocument>("slow");
        await items.InsertManyAsync(Enumerable.Range(0, 20_000).Select(i => new BsonDocument { { "_id", i }, { "n", i } }));
        var error = await Assert.ThrowsAnyAsync<Exception>(() =>
            _database.RunCommandAsync<BsonDocument>(
                BsonDocument.Parse(
                    """
                    {aggregate: 'slow', cursor: {}, maxTimeMS: 50, pipeline: [
                      {$lookup: {from: 'slow', let: {n: '$n'}, pipeline: [{$match: {$expr: {$gt: ['$n', '$$n']}}}, {$count: 'c'}], as: 'x'}}, {$sort: {x: 1}}]}
                    """
                )
            )
        );
        Assert.True(error is MongoExecutionTimeoutException or MongoCommandException { Code: 50 }, error.ToString());
    }

    [Fact]
    public async Task A_command_is_canceled_when_its_client_disconnects()
    {
        var items = _database.GetCollection<BsonDocument>("gone");
        await items.InsertManyAsync(Enumerable.Range(0, 50_000).Select(i => new BsonDocument { { "_id", i }, { "n", i } }));
        var before = _server.ConnectionCount;
        using (var socket = await ConnectAsync())
        {
            await socket.SendAsync(
                Message(
                    BsonDocument
                        .Parse(
                            """
                            {aggregate: 'gone', cursor: {}, pipeline: [
                              {$lookup: {from: 'gone', let: {n: '$n'}, pipeline: [{$match: {$expr: {$gt: ['$n', '$$n']}}}, {$count: 'c'}], as: 'x'}}, {$sort: {x: 1}}], $db: 'hostile'}
                            """
                        )
                        .ToBson()
                )
            );
        }

        // Without cancellation, 2.5 billion comparisons would run for minutes.
        for (var waited = 0; _server.ConnectionCount > before && waited < 600; waited++)
            await Task.Delay(50);

        Assert.True(_server.ConnectionCount <= before);
    }

    [Fact]
    public async Task A_checksum_is_verified()
    {
        var body = new BsonDocument { { "ping", 1 }, { "$db", "admin" } }.ToBson();
        var message = new byte[16 + 5 + body.Length + 4];
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(12), WireProtocol.OpMsg);
        message[16] = 1;
        body.CopyTo(message, 21);
        BinaryPrimitives.WriteUInt32LittleEndian(
            message.AsSpan(message.Length - 4),
            Checksum.Compute(message.AsSpan(0, message.Length - 4))
        );
        using (var socket = await ConnectAsync())
        {
            await socket.SendAsync(message);
            Assert.NotEmpty(await ReadMessageAsync(socket));
        }

        message[^1] ^= 1;
        using (var socket = await ConnectAsync())
        {
            await socket.SendAsync(message);
            Assert.Empty(await DrainAsync(socket));
        }
    }

    [Fact]
    public void The_checksum_is_crc32c() => Assert.Equal(0xE3069283u, Checksum.Compute("123456789"u8));

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _server.Port));
        return socket;
    }

    // Unlike the callers of DrainAsync, does not shut down sending, since the server cancels commands of disconnected clients.
    private static async Task<byte[]> ReadMessageAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket);
        var length = new byte[4];
        await stream.ReadExactlyAsync(length);
        var message = new byte[BinaryPrimitives.ReadInt32LittleEndian(length)];
        length.CopyTo(message, 0);
        await stream.ReadExactlyAsync(message.AsMemory(4));
        return message;
    }

    private static async Task<byte[]> DrainAsync(Socket socket)
    {
        var all = new List<byte>();
        var buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer) is var read and > 0)
                all.AddRange(buffer.AsSpan(0, read));
        }
        catch (SocketException)
        {
            // The server reset the connection because it rejected the bytes.
        }

        return [.. all];
    }

    private static byte[] Message(byte[] body)
    {
        var message = new byte[16 + 5 + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(12), WireProtocol.OpMsg);
        body.CopyTo(message, 21);
        return message;
    }

    private static byte[] DeepDocument(int levels)
    {
        var bytes = new byte[5 + (levels * 8)];
        for (var level = 0; level < levels; level++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(level * 7), bytes.Length - (level * 8));
            bytes[(level * 7) + 4] = 3;
            bytes[(level * 7) + 5] = (byte)'a';
        }

        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(levels * 7), 5);
        return bytes;
    }
}
