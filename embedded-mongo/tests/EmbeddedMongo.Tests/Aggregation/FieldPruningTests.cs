using EmbeddedMongo.Tests.Agreement;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;
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
        // No collection fits into the cache, so every scan is a long one.
        _server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { CacheBytes = 0 });
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
        var rounds = TestScale.IsFull ? 60 : 5;
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

    [Theory]
    [InlineData("[{$group: {_id: '$a', n: {$sum: 1}, first: {$first: '$b.x'}, all: {$push: '$b.x'}}}]")]
    [InlineData("[{$match: {a: null}}, {$group: {_id: '$b.x', sum: {$sum: '$a'}, ids: {$push: '$_id'}}}]")]
    [InlineData("[{$group: {_id: null, sum: {$sum: '$a'}, mean: {$avg: '$a'}, min: {$min: '$a'}, max: {$max: '$a'}}}]")]
    [InlineData("[{$match: {a: {$gte: 0}}}, {$group: {_id: '$b.x.y', ids: {$push: '$_id'}, sum: {$sum: '$a'}}}]")]
    [InlineData("[{$match: {a: {$type: 'number'}, _id: {$gt: 2}}}, {$group: {_id: {a: '$a', x: '$b.x'}, n: {$sum: '$b.x'}}}]")]
    [InlineData("[{$match: {$or: [{a: 1}, {'b.x': 1}]}}, {$group: {_id: '$a', x: {$push: '$b.x'}}}]")]
    [InlineData("[{$sort: {a: 1, _id: 1}}, {$group: {_id: '$b.x', a: {$push: '$a'}}}]")]
    [InlineData("[{$sort: {_id: 1}}, {$skip: 3}, {$limit: 9}, {$group: {_id: '$b', a: {$push: '$a'}}}]")]
    [InlineData("[{$group: {_id: null, root: {$push: '$$ROOT.b.x'}, a: {$addToSet: '$$CURRENT.a'}, b: {$push: '$b'}}}]")]
    [InlineData("[{$group: {_id: null, top: {$topN: {n: 9, sortBy: {a: 1, _id: 1}, output: ['$a', '$b.x']}}, n: {$sum: '$a'}}}]")]
    [InlineData("[{$group: {_id: {$getField: 'a'}, x: {$push: {$ifNull: ['$b.x', '$$ROOT.a']}}}}]")]
    [InlineData("[{$group: {_id: '$b.x', last: {$last: '$$ROOT'}}}]")]
    [InlineData("[{$bucket: {groupBy: '$a', boundaries: [0, 1, 2], default: 'other', output: {s: {$sum: '$a'}, ids: {$push: '$_id'}}}}]")]
    [InlineData("[{$bucket: {groupBy: '$b.x', boundaries: [0, 2], default: 2, output: {x: {$push: '$b.x.y'}}}}]")]
    [InlineData(
        """
            [{$facet: {x: [{$sortByCount: '$a'}, {$sort: {_id: 1}}], y: [{$match: {a: {$ne: null}}}, {$group: {_id: '$b.x', n: {$sum: 1}}}],
              z: [{$count: 'n'}], v: [{$unwind: '$a'}, {$sort: {a: 1, _id: 1}}], w: [{$limit: 3}, {$project: {a: 1}}]}}]
            """
    )]
    [InlineData(
        """
            [{$facet: {x: [{$match: {a: null}}, {$group: {_id: '$b.x', ids: {$push: '$_id'}}}],
              y: [{$match: {a: 1}}, {$group: {_id: '$a', ids: {$push: '$_id'}}}], z: [{$match: {a: {$gte: 0}}}, {$count: 'n'}],
              v: [{$addFields: {a: 9}}, {$sort: {_id: 1}}], w: [{$sort: {a: 1, _id: 1}}, {$project: {a: 1}}]}}]
            """
    )]
    [InlineData("[{$lookup: {from: 'odd', localField: 'a', foreignField: '_id', as: 'j'}}, {$group: {_id: '$a', j: {$push: '$j.b.x'}}}]")]
    public async Task Stored_values_are_read_like_those_of_decoded_documents(string json)
    {
        var odd = _database.GetCollection<RawBsonDocument>("odd");
        await odd.InsertManyAsync(CreateOddDocuments().Select(document => new RawBsonDocument(document.ToBson())));
        var pipeline = BsonSerializer.Deserialize<BsonArray>(json);
        var head = pipeline
            .TakeWhile(stage => stage.AsBsonDocument.GetElement(0).Name is "$match" or "$sort" or "$skip" or "$limit")
            .ToList();
        foreach (var indexed in new[] { false, true })
        {
            if (indexed)
                await odd.Indexes.CreateOneAsync(new CreateIndexModel<RawBsonDocument>("{a: 1}"));
            var whole = await RunAsync([.. head, WholeDocuments, .. pipeline.Skip(head.Count)], "odd");
            Assert.DoesNotContain("error", whole, StringComparison.Ordinal);
            Assert.Equal(whole, await RunAsync(pipeline, "odd"));
        }
    }

    [Theory]
    [InlineData("{$count: 'n'}")]
    [InlineData("{$group: {_id: '$a', titles: {$push: '$j.b.x'}}}")]
    [InlineData("{$group: {_id: '$j.a', j: {$push: '$j'}}}")]
    [InlineData("{$project: {_id: 0, 'j.a': 1, first: {$first: '$j._id'}}}")]
    [InlineData("{$project: {n: {$size: '$j'}}}")]
    [InlineData("{$unwind: '$j'}, {$match: {'j.a': {$gte: 0}}}, {$sort: {'j.b.x': 1, _id: 1}}, {$project: {ok: '$j.b'}}")]
    [InlineData("{$unwind: {path: '$j', preserveNullAndEmptyArrays: true}}, {$group: {_id: '$j.b.x', n: {$sum: '$j.a'}}}")]
    [InlineData("{$addFields: {'j.c': 1}}, {$group: {_id: null, j: {$push: '$j.c'}, x: {$push: '$j.b'}}}")]
    [InlineData("{$lookup: {from: 'odd', localField: 'j.a', foreignField: '_id', as: 'k'}}, {$project: {k: '$k.a'}}")]
    public async Task Lookup_decodes_what_later_stages_read(string later)
    {
        var odd = _database.GetCollection<RawBsonDocument>("odd");
        await odd.InsertManyAsync(CreateOddDocuments().Select(document => new RawBsonDocument(document.ToBson())));
        foreach (var foreign in new[] { "_id", "a" })
        {
            var lookup = new BsonDocument(
                "$lookup",
                new BsonDocument
                {
                    { "from", "odd" },
                    { "localField", "a" },
                    { "foreignField", foreign },
                    { "as", "j" },
                }
            );
            var stages = BsonSerializer.Deserialize<BsonArray>($"[{later}]");
            var whole = await RunAsync([lookup, WholeDocuments, .. stages], "odd");
            Assert.DoesNotContain("error", whole, StringComparison.Ordinal);
            Assert.Equal(whole, await RunAsync([lookup, .. stages], "odd"));
        }
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

    /// <summary>Creates documents with every type, mixed types, arrays on paths, and repeated names.</summary>
    private static IEnumerable<BsonDocument> CreateOddDocuments()
    {
        BsonValue[] values =
        [
            BsonNull.Value,
            1,
            1L,
            1.0,
            Decimal128.Parse("1.0"),
            double.NaN,
            Decimal128.Parse("NaN"),
            -0.0,
            Decimal128.Parse("0E+3"),
            double.PositiveInfinity,
            long.MaxValue,
            "text",
            "",
            new BsonArray { 1, "text" },
            new BsonArray(),
            new BsonArray
            {
                new BsonArray { 1 },
                BsonNull.Value,
            },
            new BsonDocument("x", 1),
            new BsonDocument(),
            BsonUndefined.Value,
            BsonBoolean.True,
            new BsonDateTime(5),
            BsonMinKey.Value,
            BsonMaxKey.Value,
            new BsonBinaryData([1, 2, 3]),
            new BsonRegularExpression("^a", "i"),
            new BsonTimestamp(7),
            ObjectId.Parse("0123456789abcdef01234567"),
        ];
        BsonValue[] nested =
        [
            .. values,
            new BsonDocument("x", new BsonDocument("y", 1)),
            BsonDocument.Parse("{w: 0, x: [{y: 1}, {y: 2}, {}, 3, [{y: 4}]]}"),
            BsonDocument.Parse("{x: 1.5, y: 'a long value behind the field that is read'}"),
            BsonSerializer.Deserialize<BsonArray>("[{x: 1}, {x: [2, 3]}, 3, null, {y: 1}, [{x: 5}], {x: {y: 6}}]"),
            new BsonDocument(allowDuplicateNames: true) { { "x", 1 }, { "x", 2 } },
        ];
        yield return new BsonDocument("_id", 0);
        for (var i = 0; i < nested.Length * 2; i++)
        {
            yield return new BsonDocument
            {
                { "_id", i + 1 },
                { "b", nested[i % nested.Length] },
                { "a name of more than sixteen bytes", i },
                { "a", values[i % values.Length] },
            };
        }

        yield return new BsonDocument(allowDuplicateNames: true)
        {
            { "_id", 1000 },
            { "a", 1 },
            { "a", "second" },
            { "b", new BsonDocument("x", 1) },
            { "b", 2 },
        };
    }

    private async Task<string> RunAsync(BsonArray pipeline, string collection = "items")
    {
        try
        {
            var command = new BsonDocument
            {
                { "aggregate", collection },
                { "pipeline", pipeline },
                { "cursor", new BsonDocument("batchSize", 10_000) },
            };
            var reply = await _database.RunCommandAsync<RawBsonDocument>(command);
            // As bytes, since BsonDocument rejects repeated names.
            return Convert.ToHexString(reply.ToBson());
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
