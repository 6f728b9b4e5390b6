using EmbeddedMongo.Tests.Clients;
using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Server;

/// <summary>The collations of queries, pipelines and writes.</summary>
public sealed class CollationTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const string Words =
        "[{_id: 1, t: 'resume'}, {_id: 2, t: 'résumé'}, {_id: 3, t: 'Resume'}, {_id: 4, t: ['x', 'RÉSUMÉ']}, {_id: 5, t: 're-sume'}, {_id: 6}]";

    [Theory]
    [InlineData(1, "{t: 'resume'}", "1 2 3 4")]
    [InlineData(2, "{t: 'resume'}", "1 3")]
    [InlineData(3, "{t: 'resume'}", "1")]
    [InlineData(2, "{t: {$in: ['RÉSUMÉ', null]}}", "2 4 6")]
    [InlineData(2, "{t: {$in: ['RÉSUMÉ', 1, 2, 3, 4, 5, 6, 7, 8]}}", "2 4")]
    [InlineData(1, "{t: {$ne: 'RESUME'}}", "5 6")]
    [InlineData(1, "{t: {$nin: ['RESUME']}}", "5 6")]
    [InlineData(2, "{t: {$gt: 'RESUME'}}", "2 4")]
    [InlineData(2, "{t: {$lte: 'RESUME'}}", "1 3 5")]
    [InlineData(1, "{t: {$all: ['X', 'resume']}}", "4")]
    [InlineData(1, "{t: {$elemMatch: {$eq: 'resume'}}}", "4")]
    [InlineData(1, "{t: ['X', 'resume']}", "4")]
    [InlineData(1, "{t: {$not: {$eq: 'resume'}}}", "5 6")]
    [InlineData(1, "{t: /^res/}", "1 3", "{t: /^res/i}")]
    [InlineData(1, "{$expr: {$eq: ['$t', 'RESUME']}}", "1 2 3")]
    [InlineData(1, "{$or: [{t: 'RESUME'}, {_id: 5}]}", "1 2 3 4 5")]
    public async Task Filters_compare_strings_by_the_collation(int strength, string filter, string ids, string? pattern = null)
    {
        var items = await server.CreateCollectionAsync(Words);
        var options = new FindOptions { Collation = new Collation("en", strength: (CollationStrength)strength) };
        var found = await items.Find(pattern ?? filter, options).Sort("{_id: 1}").ToListAsync();
        Assert.Equal(ids, string.Join(' ', found.Select(document => document["_id"])));
    }

    // The examples of the manual's pages "cursor.collation()" and "Collation".
    [Theory]
    [InlineData("['1', '2', '2.1', '-2.1', '2.2', '2.10', '2.20', '-10', '10', '20', '20.1']", "{locale: 'en_US', numericOrdering: true}")]
    public async Task Numeric_ordering_follows_the_manual(string values, string collation)
    {
        var items = server.NewCollection();
        await items.InsertManyAsync(Json.Array(values).Select(value => new BsonDocument("n", value)));

        var found = await items.Find("{}", WithCollation(collation)).Sort("{n: 1}").ToListAsync();

        Assert.Equal("-2.1 -10 1 2 2.1 2.2 2.10 2.20 10 20 20.1", string.Join(' ', found.Select(document => document["n"])));
    }

    [Fact]
    public async Task Strengths_follow_the_manual()
    {
        var items = await server.CreateCollectionAsync(
            "[{_id: 1, category: 'café', status: 'A'}, {_id: 2, category: 'cafe', status: 'a'}, {_id: 3, category: 'cafE', status: 'a'}]"
        );
        var french = WithCollation("{locale: 'fr', strength: 1}");
        Assert.Equal(3, (await items.Find("{category: 'cafe'}", french).ToListAsync()).Count);
        Assert.Equal(
            [2, 3, 1],
            (await items.Find("{}", WithCollation("{locale: 'fr'}")).Sort("{category: 1}").ToListAsync()).Select(d => d["_id"].AsInt32)
        );

        var updated = await items.UpdateManyAsync(
            "{category: 'cafe'}",
            "{$set: {status: 'Updated'}}",
            new UpdateOptions { Collation = french.Collation }
        );
        Assert.Equal(3, updated.ModifiedCount);

        var german = await server.CreateCollectionAsync("[{name: 'Oberon'}, {name: 'Öl'}, {name: 'Otto'}, {name: 'ostern'}]");
        var sorted = await german.Find("{}", WithCollation("{locale: 'de'}")).Sort("{name: 1}").ToListAsync();
        Assert.Equal(["Oberon", "Öl", "ostern", "Otto"], sorted.Select(d => d["name"].AsString));
    }

    [Fact]
    public async Task Sorts_follow_the_collation_and_are_stable()
    {
        var items = await server.CreateCollectionAsync(
            "[{_id: 1, t: 'B'}, {_id: 2, t: 'a'}, {_id: 3, t: 'b'}, {_id: 4, t: 'A'}, {_id: 5, t: 7}, {_id: 6, t: ['z', 'A']}]"
        );
        Assert.Equal("5 2 4 6 3 1", await SortAsync("{t: 1}", "{locale: 'en'}"));
        Assert.Equal("5 2 4 6 1 3", await SortAsync("{t: 1}", "{locale: 'en', strength: 2}"));
        Assert.Equal("6 3 1 4 2 5", await SortAsync("{t: -1, _id: -1}", "{locale: 'en', strength: 2}"));
        Assert.Equal("5 4 6 1 2 3", await SortAsync("{t: 1}", "{locale: 'simple'}"));

        async Task<string> SortAsync(string sort, string collation) =>
            string.Join(' ', (await items.Find("{}", WithCollation(collation)).Sort(sort).ToListAsync()).Select(d => d["_id"]));
    }

    [Theory]
    [InlineData("[{$match: {t: 'A'}}, {$count: 'n'}]", "[{n: 3}]")]
    [InlineData("[{$group: {_id: '$t', n: {$sum: 1}}}, {$sort: {_id: 1}}]", "[{_id: 'a', n: 3}, {_id: 'B', n: 2}]")]
    [InlineData("[{$sortByCount: '$t'}]", "[{_id: 'a', count: 3}, {_id: 'B', count: 2}]")]
    [InlineData("[{$group: {_id: {x: '$t'}, n: {$sum: 1}}}, {$sort: {n: 1}}, {$limit: 1}]", "[{_id: {x: 'B'}, n: 2}]")]
    [InlineData(
        "[{$group: {_id: null, min: {$min: '$t'}, max: {$max: '$t'}, set: {$addToSet: '$t'}}}]",
        "[{_id: null, min: 'a', max: 'B', set: ['a', 'B']}]"
    )]
    [InlineData("[{$group: {_id: null, top: {$top: {sortBy: {t: 1, _id: -1}, output: '$_id'}}}}]", "[{_id: null, top: 5}]")]
    [InlineData("[{$group: {_id: null, n: {$maxN: {input: '$t', n: 1}}}}]", "[{_id: null, n: ['B']}]")]
    [InlineData("[{$bucket: {groupBy: '$t', boundaries: ['A', 'b', 'C']}}]", "[{_id: 'A', count: 3}, {_id: 'b', count: 2}]")]
    [InlineData(
        "[{$bucketAuto: {groupBy: '$t', buckets: 2}}]",
        "[{_id: {min: 'a', max: 'B'}, count: 3}, {_id: {min: 'B', max: 'b'}, count: 2}]"
    )]
    [InlineData("[{$limit: 1}, {$project: {_id: 0, x: {$cmp: ['$t', 'A']}, y: {$lt: ['$t', 'B']}}}]", "[{x: 0, y: true}]")]
    [InlineData(
        "[{$limit: 1}, {$project: {_id: 0, x: {$in: ['A', ['b', 'a']]}, y: {$indexOfArray: [['b', 'a'], 'A']}}}]",
        "[{x: true, y: 1}]"
    )]
    [InlineData(
        "[{$limit: 1}, {$project: {_id: 0, x: {$setUnion: [['a'], ['A', 'b']]}, y: {$setDifference: [['A'], ['a']]}, z: {$setEquals: [['A'], ['a']]}}}]",
        "[{x: ['a', 'b'], y: [], z: true}]"
    )]
    [InlineData(
        "[{$limit: 1}, {$project: {_id: 0, x: {$sortArray: {input: ['b', 'A', 'B', 'a'], sortBy: 1}}}}]",
        "[{x: ['A', 'a', 'b', 'B']}]"
    )]
    [InlineData(
        "[{$limit: 1}, {$project: {_id: 0, x: {$max: ['B', 'a']}, y: {$minN: {input: ['B', 'a'], n: 1}}}}]",
        "[{x: 'B', y: ['a']}]"
    )]
    [InlineData(
        "[{$limit: 1}, {$project: {_id: 0, x: {$switch: {branches: [{case: {$eq: ['$t', 'A']}, then: 1}], default: 2}}}}]",
        "[{x: 1}]"
    )]
    [InlineData(
        "[{$setWindowFields: {partitionBy: '$t', sortBy: {_id: 1}, output: {n: {$documentNumber: {}}}}}, {$project: {n: 1}}]",
        "[{_id: 1, n: 1}, {_id: 3, n: 2}, {_id: 5, n: 3}, {_id: 2, n: 1}, {_id: 4, n: 2}]"
    )]
    [InlineData("[{$facet: {a: [{$match: {t: 'A'}}, {$count: 'n'}]}}]", "[{a: [{n: 3}]}]")]
    public async Task Pipelines_compare_by_the_collation(string pipeline, string expected)
    {
        var items = await server.CreateCollectionAsync(
            "[{_id: 1, t: 'a'}, {_id: 2, t: 'B'}, {_id: 3, t: 'A'}, {_id: 4, t: 'b'}, {_id: 5, t: 'a'}]"
        );

        var stages = Json.Array(pipeline).Select(stage => stage.AsBsonDocument).ToArray();
        var found = await items
            .Aggregate<BsonDocument>(
                stages,
                new AggregateOptions { Collation = new Collation("en", strength: CollationStrength.Secondary) }
            )
            .ToListAsync();

        Assert.Equal(Json.Array(expected), new BsonArray(found));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("{collation: {locale: 'en', strength: 2}}")]
    public async Task Lookup_joins_by_the_collation_of_the_aggregation(string? index)
    {
        var items = await server.CreateCollectionAsync("[{_id: 1, t: 'a'}, {_id: 2, t: ['B', 'C']}]");
        var foreign = await server.CreateCollectionAsync("[{_id: 'A', t: 'A'}, {_id: 'b', t: 'b'}, {_id: 'c', t: ['c', 'd']}]");
        if (index is not null)
        {
            var specification = new BsonDocument { { "key", new BsonDocument("t", 1) }, { "name", "t" } }.AddRange(Json.Document(index));
            await RunAsync(
                new BsonDocument
                {
                    { "createIndexes", Name(foreign) },
                    {
                        "indexes",
                        new BsonArray { specification }
                    },
                }
            );
        }

        const string Pipeline = """
            [
              {$lookup: {from: 'FOREIGN', localField: 't', foreignField: 't', as: 'fields'}},
              {$lookup: {from: 'FOREIGN', localField: 't', foreignField: '_id', as: 'ids'}},
              {$lookup: {from: 'FOREIGN', let: {v: '$t'}, pipeline: [{$match: {$expr: {$eq: ['$t', '$$v']}}}], as: 'correlated'}},
              {$project: {fields: '$fields._id', ids: '$ids._id', correlated: '$correlated._id'}}
            ]
            """;
        var stages = Json.Array(Pipeline.Replace("FOREIGN", Name(foreign), StringComparison.Ordinal));
        var found = await items
            .Aggregate<BsonDocument>(
                stages.Select(stage => stage.AsBsonDocument).ToArray(),
                new AggregateOptions { Collation = new Collation("en", strength: CollationStrength.Secondary) }
            )
            .ToListAsync();

        Assert.Equal(
            Json.Array(
                "[{_id: 1, fields: ['A'], ids: ['A'], correlated: ['A']}, {_id: 2, fields: ['b', 'c'], ids: ['b', 'c'], correlated: []}]"
            ),
            new BsonArray(found)
        );
    }

    [Fact]
    public async Task Count_and_distinct_use_the_collation()
    {
        var items = await server.CreateCollectionAsync("[{_id: 1, t: 'a'}, {_id: 2, t: ['B', 'A']}, {_id: 3, t: 'b'}]");
        var collation = new Collation("en", strength: CollationStrength.Secondary);
        Assert.Equal(2, await items.CountDocumentsAsync("{t: 'A'}", new CountOptions { Collation = collation }));
        Assert.Equal(["a", "B"], (await items.DistinctAsync<string>("t", "{}", new DistinctOptions { Collation = collation })).ToList());
        var count = await RunAsync(
            Json.Document($"{{count: '{Name(items)}', query: {{t: 'A'}}, collation: {{locale: 'en', strength: 2}}}}")
        );
        Assert.Equal(2, count["n"].ToInt32());
    }

    [Theory]
    [InlineData("{$pull: {v: 'A'}}", "['b', 'B']")]
    [InlineData("{$pull: {v: {$in: ['A']}}}", "['b', 'B']")]
    [InlineData("{$pullAll: {v: ['A']}}", "['b', 'B']")]
    [InlineData("{$addToSet: {v: {$each: ['A', 'C']}}}", "['b', 'a', 'B', 'C']")]
    [InlineData("{$push: {v: {$each: ['C'], $sort: 1}}}", "['a', 'b', 'B', 'C']")]
    [InlineData("{$push: {v: {$each: [], $sort: -1, $slice: 2}}}", "['b', 'B']")]
    [InlineData("{$set: {'v.$[x]': 'new'}}", "['b', 'new', 'B']", "[{x: 'A'}]")]
    [InlineData("{$set: {'v.$': 'new'}}", "['new', 'a', 'B']")]
    [InlineData("{$min: {low: 'b'}, $set: {v: 1}}", "1")]
    [InlineData("[{$set: {v: {$eq: ['$low', 'A']}}}]", "true")]
    public async Task Updates_compare_by_the_collation(string update, string expected, string? filters = null)
    {
        var items = await server.CreateCollectionAsync("[{_id: 1, v: ['b', 'a', 'B'], low: 'A'}]");
        var statement = new BsonDocument
        {
            { "q", Json.Document("{v: 'B'}") },
            { "u", Json.Document($"{{u: {update}}}")["u"] },
            { "collation", Json.Document("{locale: 'en', strength: 2}") },
        };
        if (filters is not null)
            statement.Add("arrayFilters", Json.Array(filters));

        var reply = await RunAsync(
            new BsonDocument
            {
                { "update", Name(items) },
                {
                    "updates",
                    new BsonArray { statement }
                },
            }
        );

        Assert.Equal(1, reply["nModified"]);
        var found = await items.Find("{}").SingleAsync();
        Assert.Equal(Json.Document($"{{v: {expected}}}")["v"], found["v"]);
        Assert.Equal("A", found["low"]);
    }

    [Fact]
    public async Task Writes_find_documents_by_the_collation_of_their_statement()
    {
        var items = await server.CreateCollectionAsync("[{_id: 'x', t: 'a'}, {_id: 'y', t: 'A'}, {_id: 'z', t: 'b'}]");
        var collation = new Collation("en", strength: CollationStrength.Secondary);
        var mixed = await items.BulkWriteAsync([
            new UpdateManyModel<BsonDocument>("{t: 'A'}", "{$inc: {n: 1}}"),
            new UpdateManyModel<BsonDocument>("{t: 'A'}", "{$inc: {n: 1}}") { Collation = collation },
            new UpdateOneModel<BsonDocument>("{_id: 'X'}", "{$inc: {n: 10}}") { Collation = collation, IsUpsert = true },
            new UpdateOneModel<BsonDocument>("{_id: 'X'}", "{$inc: {n: 100}}") { IsUpsert = true },
            new DeleteManyModel<BsonDocument>("{t: 'B'}"),
            new DeleteManyModel<BsonDocument>("{_id: 'Y'}") { Collation = collation },
        ]);
        Assert.Equal((4, 1, 1), (mixed.MatchedCount, mixed.DeletedCount, mixed.Upserts.Count));
        Assert.Equal(
            Json.Array("[{_id: 'X', n: 100}, {_id: 'x', t: 'a', n: 11}, {_id: 'z', t: 'b'}]"),
            new BsonArray(await items.Find("{}").Sort("{_id: 1}").ToListAsync())
        );

        var found = await items.FindOneAndUpdateAsync(
            "{t: {$gte: 'A'}}",
            "{$set: {found: true}}",
            new FindOneAndUpdateOptions<BsonDocument> { Collation = collation, Sort = "{t: -1}" }
        );
        Assert.Equal("z", found["_id"]);
        Assert.Equal("z", (await items.FindOneAndDeleteAsync("{t: 'B'}", new() { Collation = collation }))["_id"]);
    }

    [Fact]
    public async Task Operations_use_the_default_collation_of_the_collection_unless_they_specify_one()
    {
        var name = Name(server.NewCollection());
        await RunAsync(Json.Document($"{{create: '{name}', collation: {{locale: 'en', strength: 2}}}}"));
        var items = server.Database.GetCollection<BsonDocument>(name);
        await items.InsertManyAsync([new() { { "_id", "a" }, { "t", "x" } }, new() { { "_id", "B" }, { "t", "X" } }]);

        Assert.Equal(2, await items.CountDocumentsAsync("{t: 'x'}"));
        Assert.Equal(1, await items.CountDocumentsAsync("{t: 'x'}", new CountOptions { Collation = Collation.Simple }));
        Assert.Equal("a", (await items.Find("{_id: 'A'}").SingleAsync())["_id"]);
        Assert.Empty(await items.Find("{_id: 'A'}", new FindOptions { Collation = Collation.Simple }).ToListAsync());
        Assert.Equal(["B", "a"], (await items.Find("{}").Sort("{_id: -1}").ToListAsync()).Select(d => d["_id"].AsString));
        Assert.Equal(1, (await items.UpdateOneAsync("{_id: 'b'}", "{$set: {n: 1}}")).ModifiedCount);
        Assert.Equal(2, (await items.DeleteManyAsync("{_id: {$in: ['A', 'b']}}")).DeletedCount);
        await items.InsertOneAsync(new BsonDocument("_id", "a"));
        var error = await Assert.ThrowsAsync<MongoWriteException>(() => items.InsertOneAsync(new BsonDocument("_id", "A")));
        Assert.Equal(ServerErrorCategory.DuplicateKey, error.WriteError.Category);

        var listed = Assert.Single(
            await (await server.Database.ListCollectionsAsync(new ListCollectionsOptions { Filter = $"{{name: '{name}'}}" })).ToListAsync()
        );
        Assert.Equal(FullDocument, listed["options"]["collation"]);
        Assert.Equal(FullDocument, listed["idIndex"]["collation"]);
        await RunAsync(Json.Document($"{{create: '{name}', collation: {{locale: 'en', strength: 2}}}}"));
        Assert.Equal(48, await GetErrorAsync($"{{create: '{name}', collation: {{locale: 'en', strength: 1}}}}"));
        Assert.Equal(48, await GetErrorAsync($"{{create: '{name}'}}"));
    }

    [Theory]
    [InlineData("{locale: 'en', strength: 4}", 238, "'collation.strength: 4' is not implemented")]
    [InlineData("{locale: 'en', strength: 5}", 238, "'collation.strength: 5' is not implemented")]
    [InlineData("{locale: 'en', strength: 0}", 51024, ">= 1")]
    [InlineData("{locale: 'en', strength: 6}", 51024, "<= 5")]
    [InlineData("{locale: 'en', strength: 'one'}", 14, "collation.strength")]
    [InlineData("{locale: 'en', caseLevel: true}", 238, "'collation.caseLevel: true'")]
    [InlineData("{locale: 'en', caseFirst: 'upper'}", 238, "'collation.caseFirst: upper'")]
    [InlineData("{locale: 'en', alternate: 'shifted'}", 238, "'collation.alternate: shifted'")]
    [InlineData("{locale: 'en', backwards: true}", 238, "'collation.backwards: true'")]
    [InlineData("{locale: 'de@collation=phonebook'}", 238, "'collation.locale: de@collation=phonebook'")]
    [InlineData("{locale: 'en', version: '99'}", 161, "version 99")]
    [InlineData("{strength: 1}", 40414, "collation.locale")]
    [InlineData("{locale: 'en', foo: 1}", 40415, "collation.foo")]
    [InlineData("{locale: 5}", 14, "collation.locale")]
    [InlineData("'en'", 14, "collation")]
    [InlineData("{locale: 'klingon'}", 2, "Field 'locale' is invalid in: ")]
    [InlineData("{locale: 'fr_FR'}", 2, "Did you mean 'fr'?")]
    [InlineData("{locale: ''}", 2, "Field 'locale' is invalid in: ")]
    [InlineData("{locale: 'simple', strength: 1}", 2, "no other fields")]
    public async Task Invalid_and_unsupported_collations_are_rejected(string collation, int code, string message)
    {
        var items = await server.CreateCollectionAsync("[{_id: 1}]");
        foreach (
            var command in (string[])
                [
                    $"{{find: '{Name(items)}', collation: {collation}}}",
                    $"{{count: '{Name(items)}', collation: {collation}}}",
                    $"{{distinct: '{Name(items)}', key: 'a', collation: {collation}}}",
                    $"{{aggregate: '{Name(items)}', pipeline: [], cursor: {{}}, collation: {collation}}}",
                    $"{{findAndModify: '{Name(items)}', remove: true, collation: {collation}}}",
                    $"{{create: 'never', collation: {collation}}}",
                ]
        )
        {
            var error = await Assert.ThrowsAsync<MongoCommandException>(() => RunAsync(Json.Document(command)));
            Assert.Equal((command, code), (command, error.Code));
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(1, await items.CountDocumentsAsync("{}"));
    }

    [Theory]
    [InlineData("{locale: 'en', caseLevel: false, caseFirst: 'off', strength: 3, numericOrdering: false, alternate: 'non-ignorable'}")]
    [InlineData("{locale: 'en', maxVariable: 'punct', normalization: true, backwards: false, version: '57.1'}")]
    [InlineData("{locale: 'da', caseFirst: 'upper'}")]
    [InlineData("{locale: 'fr_CA', backwards: true}")]
    [InlineData("{}")]
    public async Task Defaults_of_the_locale_are_accepted(string collation)
    {
        var items = await server.CreateCollectionAsync("[{_id: 1, t: 'a'}]");
        var reply = await RunAsync(Json.Document($"{{find: '{Name(items)}', filter: {{t: 'a'}}, collation: {collation}}}"));
        Assert.Single(reply["cursor"]["firstBatch"].AsBsonArray);
    }

    private static BsonDocument FullDocument { get; } =
        Json.Document(
            """
            {locale: 'en', caseLevel: false, caseFirst: 'off', strength: 2, numericOrdering: false, alternate: 'non-ignorable',
             maxVariable: 'punct', normalization: false, backwards: false, version: '57.1'}
            """
        );

    private static FindOptions WithCollation(string collation) =>
        new() { Collation = Collation.FromBsonDocument(Json.Document(collation)) };

    private static string Name(IMongoCollection<BsonDocument> collection) => collection.CollectionNamespace.CollectionName;

    private Task<BsonDocument> RunAsync(BsonDocument command) => server.Database.RunCommandAsync<BsonDocument>(command);

    private async Task<int> GetErrorAsync(string command) =>
        (await Assert.ThrowsAsync<MongoCommandException>(() => RunAsync(Json.Document(command)))).Code;
}
