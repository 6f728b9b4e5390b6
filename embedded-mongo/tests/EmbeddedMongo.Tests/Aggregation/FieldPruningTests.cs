using EmbeddedMongo.Tests.Agreement;
using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Aggregation;

/// <summary>
/// A pipeline returns the same documents whether the scan decodes only the fields that it reads or, because of a first stage that needs
/// them, whole documents.
/// </summary>
public sealed class FieldPruningTests : IAsyncLifetime
{
    private static readonly BsonDocument WholeDocuments = new("$replaceRoot", new BsonDocument("newRoot", "$$ROOT"));

    private EmbeddedMongoServer _server = null!;
    private IMongoDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await EmbeddedMongoServer.StartAsync();
        _database = new MongoClient(_server.ConnectionString).GetDatabase("pruning");
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Pruned_pipelines_return_the_same_as_pipelines_over_whole_documents(int seed)
    {
        var dice = new Dice(seed);
        var rounds = Environment.GetEnvironmentVariable("MOVIELMS_TEST_SCALE") == "full" ? 60 : 5;
        var results = 0;
        for (var round = 0; round < rounds; round++)
        {
            await _database.DropCollectionAsync("items");
            await _database.DropCollectionAsync("other");
            await InsertAsync("items", dice);
            await InsertAsync("other", dice);
            for (var i = 0; i < 100; i++)
            {
                var pipeline = dice.Chance(0.3) ? new PipelineGenerator().Next(dice).Command["pipeline"].AsBsonArray : CreatePipeline(dice);
                var whole = await RunAsync([WholeDocuments, .. pipeline]);
                // Conditions may be checked in another order, so that another one fails, or none.
                if (whole.StartsWith("error", StringComparison.Ordinal))
                    continue;
                var pruned = await RunAsync(pipeline);
                Assert.True(pruned == whole, $"{pipeline.ToJson()}\nreturned\n{pruned}\nbut over whole documents\n{whole}");
                results++;
            }
        }

        Assert.True(results > rounds * 50, $"Only {results} pipelines succeeded.");
    }

    [Fact]
    public async Task Repeated_field_names_do_not_hide_later_fields()
    {
        var items = _database.GetCollection<RawBsonDocument>("repeated");
        var document = new BsonDocument(allowDuplicateNames: true)
        {
            { "_id", 1 },
            { "a", 1 },
            { "a", 2 },
            { "b", 3 },
        };
        await items.InsertOneAsync(new RawBsonDocument(document.ToBson()));

        var group = BsonDocument.Parse("{$group: {_id: '$a', b: {$first: '$b'}}}");
        var result = await items.Aggregate<BsonDocument>(new[] { group }).SingleAsync();

        Assert.Equal(BsonDocument.Parse("{_id: 1, b: 3}"), result);
    }

    private Task InsertAsync(string collection, Dice dice) =>
        _database
            .GetCollection<BsonDocument>(collection)
            .InsertManyAsync(DocumentGenerator.Documents(dice, 30).Select(document => document.AsBsonDocument));

    private async Task<string> RunAsync(BsonArray pipeline)
    {
        try
        {
            var command = new BsonDocument
            {
                { "aggregate", "items" },
                { "pipeline", pipeline },
                { "cursor", new BsonDocument("batchSize", 10_000) },
            };
            var reply = await _database.RunCommandAsync<BsonDocument>(command);
            return reply["cursor"]["firstBatch"].ToJson(new() { OutputMode = MongoDB.Bson.IO.JsonOutputMode.CanonicalExtendedJson });
        }
        catch (MongoCommandException error)
        {
            return $"error {error.Code}";
        }
    }

    private static BsonArray CreatePipeline(Dice dice)
    {
        var stages = new BsonArray();
        for (var i = dice.Below(3); i > 0; i--)
            stages.Add(CreateDocumentStage(dice));
        stages.Add(CreateEndStage(dice, dice.Below(6)));
        return stages;
    }

    private static BsonDocument CreateDocumentStage(Dice dice) =>
        dice.Below(7) switch
        {
            0 => new BsonDocument("$match", FilterGenerator.Filter(dice)),
            1 => new BsonDocument("$match", new BsonDocument("$expr", ExpressionGenerator.Flag(dice, 1))),
            2 => new BsonDocument("$addFields", new BsonDocument(dice.Pick("n", "d.x", "d.n", "f.n", "a"), CreateValue(dice))),
            3 => new BsonDocument("$unset", dice.Pick("d.x", "f.y", "d", "g")),
            4 => new BsonDocument("$unwind", dice.Pick("$e", "$f", "$g", "$d")),
            5 => new BsonDocument("$sort", new BsonDocument { { dice.Pick("d.x", "a", "f.x"), dice.Pick(1, -1) }, { "_id", 1 } }),
            _ => new BsonDocument(dice.Pick("$limit", "$skip"), dice.Between(1, 20)),
        };

    private static BsonDocument CreateEndStage(Dice dice, int kind)
    {
        switch (kind)
        {
            case 0 or 1:
                var group = new BsonDocument("_id", CreateValue(dice));
                for (var i = dice.Between(0, 3); i > 0; i--)
                    group[$"v{i}"] = new BsonDocument(dice.Pick("$sum", "$avg", "$min", "$max", "$first", "$push"), CreateValue(dice));
                return new BsonDocument("$group", group);
            case 2:
                var bucket = new BsonDocument
                {
                    { "groupBy", "$" + dice.Pick("a", "d.x", "d.y", "f.x", "z") },
                    {
                        "boundaries",
                        new BsonArray { -3, 0, 2, 4 }
                    },
                    { "output", new BsonDocument("v", new BsonDocument("$push", CreateValue(dice))) },
                };
                if (dice.Chance(0.8))
                    bucket.Add("default", "other");
                return new BsonDocument("$bucket", bucket);
            case 3:
                return new BsonDocument(
                    "$project",
                    new BsonDocument
                    {
                        { dice.Pick("a", "d.x", "f.y", "g"), 1 },
                        { "n", CreateValue(dice) },
                        { "m", CreateValue(dice) },
                    }
                );
            case 4:
                return new BsonDocument("$count", "n");
            default:
                var facets = new BsonDocument();
                for (var i = dice.Between(1, 3); i > 0; i--)
                {
                    var stages = new BsonArray();
                    for (var j = dice.Below(3); j > 0; j--)
                        stages.Add(CreateDocumentStage(dice));
                    if (dice.Chance(0.8))
                        stages.Add(CreateEndStage(dice, dice.Below(5)));
                    if (dice.Chance(0.3))
                        stages.Add(new BsonDocument("$limit", 3));
                    facets[$"f{i}"] = stages;
                }
                return new BsonDocument("$facet", facets);
        }
    }

    private static BsonValue CreateValue(Dice dice)
    {
        var path = "$" + dice.Pick(DocumentGenerator.Paths);
        return dice.Below(10) switch
        {
            0 => new BsonDocument { { "p", path }, { "q", "$" + dice.Pick(DocumentGenerator.Paths) } },
            1 => new BsonDocument(dice.Pick("$type", "$isArray"), path),
            2 => new BsonDocument("$ifNull", new BsonArray { path, "$" + dice.Pick("d", "d.y", "f", "f.x") }),
            3 => dice.Pick("$$ROOT.", "$$CURRENT.") + path[1..],
            4 => ExpressionGenerator.Any(dice, 2),
            5 => dice.Chance(0.3) ? "$$ROOT" : path,
            _ => path,
        };
    }
}
