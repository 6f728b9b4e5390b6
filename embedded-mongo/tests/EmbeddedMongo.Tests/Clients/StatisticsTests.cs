using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Clients;

/// <summary><c>$collStats</c>, <c>$indexStats</c>, <c>collStats</c> and <c>dbStats</c>.</summary>
public sealed class StatisticsTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Collection_has_exact_counts_and_sizes_of_its_indexes()
    {
        var items = await CreateAsync(2_000);

        var stats = (await RunAsync(items, "{$collStats: {storageStats: {scale: 1}, count: {}}}")).Single();
        var storage = stats["storageStats"].AsBsonDocument;

        Assert.Equal(2_000, stats["count"].ToInt32());
        Assert.Equal(2_000, storage["count"].ToInt32());
        Assert.Equal(storage["size"].ToInt64() / 2_000, storage["avgObjSize"].ToInt64());
        Assert.Equal(["_id_", "n_1"], storage["indexSizes"].AsBsonDocument.Names);
        Assert.All(storage["indexSizes"].AsBsonDocument.Values, size => Assert.InRange(size.ToInt64(), 1, 1_000_000));
        Assert.Equal(storage["indexSizes"].AsBsonDocument.Values.Sum(size => size.ToInt64()), storage["totalIndexSize"].ToInt64());
        Assert.Equal(storage["storageSize"].ToInt64() + storage["totalIndexSize"].ToInt64(), storage["totalSize"].ToInt64());
        var command = await server.Database.RunCommandAsync<BsonDocument>(new BsonDocument("collStats", Name(items)));
        Assert.Equal(storage["indexSizes"], command["indexSizes"]);
        Assert.True((await server.Database.RunCommandAsync<BsonDocument>(new BsonDocument("dbStats", 1)))["indexSize"] > 0);
    }

    [Fact]
    public async Task Index_counts_the_queries_that_use_it()
    {
        var items = await CreateAsync(10);
        await items.Find("{n: 3}").ToListAsync();
        await items.Find("{n: {$gt: 3}}").ToListAsync();
        await items.Find("{_id: 1}").ToListAsync();

        var uses = (await RunAsync(items, "{$indexStats: {}}, {$sort: {name: 1}}")).ToDictionary(
            index => index["name"].AsString,
            index => index["accesses"]["ops"].ToInt32()
        );

        Assert.Equal(new Dictionary<string, int> { ["_id_"] = 1, ["n_1"] = 2 }, uses);
    }

    [Theory]
    [InlineData("{$collStats: {count: {}}}, {$project: {count: 1}}")]
    [InlineData("{$indexStats: {}}")]
    public async Task Explain_shows_the_stages(string stages)
    {
        var items = await CreateAsync(1);
        var pipeline = Json.Array($"[{stages}]");

        var plan = await server.Database.RunCommandAsync<BsonDocument>(
            new BsonDocument("explain", new BsonDocument { { "aggregate", Name(items) }, { "pipeline", pipeline } })
        );

        Assert.Equal(pipeline, plan["stages"]);
    }

    [Theory]
    [InlineData("{$match: {}}, {$collStats: {}}", 40602)]
    [InlineData("{$match: {}}, {$indexStats: {}}", 40602)]
    [InlineData("{$collStats: 1}", 14)]
    [InlineData("{$collStats: {nope: {}}}", 40415)]
    [InlineData("{$collStats: {storageStats: {scale: 0}}}", 51024)]
    [InlineData("{$collStats: {latencyStats: {}}}", 115)]
    [InlineData("{$indexStats: {a: 1}}", 28803)]
    [InlineData("{$facet: {a: [{$indexStats: {}}]}}", 40600)]
    public async Task Invalid_stage_is_rejected(string stages, int code)
    {
        var items = await CreateAsync(1);

        Assert.Equal(code, (await Assert.ThrowsAsync<MongoCommandException>(() => RunAsync(items, stages))).Code);
    }

    private static string Name(IMongoCollection<BsonDocument> items) => items.CollectionNamespace.CollectionName;

    private static async Task<List<BsonDocument>> RunAsync(IMongoCollection<BsonDocument> items, string stages)
    {
        var pipeline = MongoDB.Bson.Serialization.BsonSerializer.Deserialize<BsonArray>($"[{stages}]");
        var definition = PipelineDefinition<BsonDocument, BsonDocument>.Create(pipeline.Select(stage => stage.AsBsonDocument));
        return await (await items.AggregateAsync(definition)).ToListAsync();
    }

    private async Task<IMongoCollection<BsonDocument>> CreateAsync(int count)
    {
        var items = server.NewCollection();
        await items.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{n: 1}"));
        await items.InsertManyAsync(Enumerable.Range(0, count).Select(id => new BsonDocument { { "_id", id }, { "n", id } }));
        return items;
    }
}
