using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Server;

/// <summary>Long scans end when the time limit of their command has passed.</summary>
public sealed class InterruptTests
{
    [Theory]
    [InlineData("{find: 'items', filter: {list: {$gte: 0}}, hint: {list: 1}, maxTimeMS: 30}")]
    [InlineData("{count: 'items', query: {list: {$gte: 0}}, hint: {list: 1}, maxTimeMS: 30}")]
    public async Task Scan_that_skips_keys_of_the_same_document_has_a_time_limit(string command)
    {
        await using var server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { TimeProvider = new CountingClock() });
        var database = new MongoClient(server.ConnectionString).GetDatabase("test");
        var items = database.GetCollection<BsonDocument>("items");
        await items.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{list: 1}"));
        await items.InsertOneAsync(new BsonDocument { { "_id", 1 }, { "list", new BsonArray(Enumerable.Range(0, 50_000)) } });

        var error = await Assert.ThrowsAsync<MongoExecutionTimeoutException>(() => database.RunCommandAsync<BsonDocument>(command));

        Assert.Equal(50, error.Code);
    }

    /// <summary>A clock on which a millisecond passes each time it is read.</summary>
    private sealed class CountingClock : TimeProvider
    {
        private long _reads;

        public override long TimestampFrequency => 1_000;

        public override long GetTimestamp() => Interlocked.Increment(ref _reads);
    }
}
