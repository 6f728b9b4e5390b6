using System.Buffers.Binary;
using EmbeddedMongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace MovieLms.Standalone.Tests.Network;

/// <summary>The embedded MongoDB drops HTTP requests with any body.</summary>
public sealed class EmbeddedMongoAccessTests
{
    private const int OpMsg = 2013;

    [Theory]
    [InlineData(0)]
    // The first 16 bytes of an HTTP request, "POST / HTTP/1.1\r", would be a header with a length of 1.4 GB.
    [InlineData(2)]
    [InlineData(4096)]
    public async Task A_web_page_cannot_store_data(int padding)
    {
        await using var server = await EmbeddedMongoServer.StartAsync(
            new EmbeddedMongoOptions { Port = 0 },
            TestContext.Current.CancellationToken
        );
        using var client = new MongoClient(server.ConnectionString);
        var movies = client.GetDatabase("movielms").GetCollection<BsonDocument>("movies");
        await movies.InsertOneAsync(new BsonDocument("_id", 1));
        var port = MongoUrl.Create(server.ConnectionString).Server.Port;

        var body = new byte[padding]
            .Concat(
                Message(
                    new BsonDocument
                    {
                        ["insert"] = "movies",
                        ["documents"] = new BsonArray { new BsonDocument("_id", 2) },
                        ["$db"] = "movielms",
                    }
                )
            )
            .ToArray();
        var (response, isClosed) = await RawTcp.SendAsync(port, RawTcp.HttpPost(body));

        Assert.True(isClosed, $"The connection stayed open after {padding} bytes of padding.");
        Assert.Equal("", response);
        Assert.Equal(1, Assert.Single(await movies.Find(FilterDefinition<BsonDocument>.Empty).ToListAsync())["_id"].AsInt32);
    }

    [Fact]
    public async Task A_message_without_HTTP_is_executed()
    {
        await using var server = await EmbeddedMongoServer.StartAsync(
            new EmbeddedMongoOptions { Port = 0 },
            TestContext.Current.CancellationToken
        );
        var port = MongoUrl.Create(server.ConnectionString).Server.Port;
        var (response, _) = await RawTcp.SendAsync(port, Message(new BsonDocument { ["ping"] = 1, ["$db"] = "admin" }));
        Assert.Contains("ok", response, StringComparison.Ordinal);
    }

    /// <summary>An OP_MSG (https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/#op_msg) with one body section.</summary>
    private static byte[] Message(BsonDocument command)
    {
        var document = command.ToBson();
        var message = new byte[21 + document.Length];
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(4), 1);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(12), OpMsg);
        document.CopyTo(message, 21);
        return message;
    }
}
