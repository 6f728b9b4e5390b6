using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Clients;

/// <summary><c>$out</c> and <c>$merge</c>.</summary>
public sealed class OutputStageTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Out_replaces_the_documents_and_keeps_the_indexes()
    {
        var source = await server.CreateCollectionAsync("[{_id: 1, a: 1}, {_id: 2, a: 2}, {_id: 3, a: 2}]");
        var target = await server.CreateCollectionAsync("[{_id: 'old', n: 5}]");
        await target.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{n: 1}", new CreateIndexOptions { Unique = true }));

        var result = await RunAsync(source, $"[{{$group: {{_id: '$a', n: {{$sum: 1}}}}}}, {{$out: '{Name(target)}'}}]");

        Assert.Empty(result);
        Assert.Equal(Json.Array("[{_id: 1, n: 1}, {_id: 2, n: 2}]"), await AllAsync(target));
        Assert.Equal(["_id_", "n_1"], (await (await target.Indexes.ListAsync()).ToListAsync()).Select(index => index["name"].AsString));
        Assert.Equal(2, (await target.Find("{n: 2}").SingleAsync())["_id"]);
        await Assert.ThrowsAsync<MongoWriteException>(() => target.InsertOneAsync(Json.Document("{n: 2}")));
    }

    [Fact]
    public async Task Out_writes_to_its_own_source_to_another_database_and_to_a_new_collection()
    {
        var source = await server.CreateCollectionAsync("[{_id: 1, a: 1}, {_id: 2, a: 2}]");
        await RunAsync(source, $"[{{$match: {{a: 2}}}}, {{$out: '{Name(source)}'}}]");
        Assert.Equal(Json.Array("[{_id: 2, a: 2}]"), await AllAsync(source));

        await RunAsync(source, "[{$project: {_id: 0}}, {$out: {db: 'elsewhere', coll: 'made'}}]");
        var made = server.Database.Client.GetDatabase("elsewhere").GetCollection<BsonDocument>("made");
        Assert.Equal(2, (await made.Find("{_id: {$type: 'objectId'}}").SingleAsync())["a"]);

        await RunAsync(source, $"[{{$match: {{a: 9}}}}, {{$out: '{Name(source)}'}}]");
        Assert.Empty(await AllAsync(source));
    }

    [Fact]
    public async Task Out_keeps_the_collation_and_refuses_capped_targets()
    {
        var source = await server.CreateCollectionAsync("[{_id: 1, a: 'x'}]");
        var (collated, capped) = (server.NewCollection(), server.NewCollection());
        var collation = new Collation("en", strength: CollationStrength.Secondary);
        await server.Database.CreateCollectionAsync(Name(collated), new CreateCollectionOptions { Collation = collation });
        await server.Database.CreateCollectionAsync(Name(capped), new CreateCollectionOptions { Capped = true, MaxSize = 4096 });

        await RunAsync(source, $"[{{$out: '{Name(collated)}'}}]");

        Assert.Equal(1, await collated.CountDocumentsAsync("{a: 'X'}"));
        Assert.Equal(17152, await CodeAsync(source, $"[{{$out: '{Name(capped)}'}}]"));
    }

    [Theory]
    [InlineData("discard")]
    [InlineData("insert")]
    [InlineData("fail")]
    public async Task Merge_finds_documents_by_the_collation_of_the_index(string whenNotMatched)
    {
        var source = await server.CreateCollectionAsync("[{_id: 'A', n: 2}, {_id: 'a', n: 3}]");
        var target = server.NewCollection();
        var collation = new Collation("en", strength: CollationStrength.Secondary);
        await server.Database.CreateCollectionAsync(Name(target), new CreateCollectionOptions { Collation = collation });
        await target.InsertOneAsync(Json.Document("{_id: 'a', n: 1}"));

        await RunAsync(
            source,
            $"[{{$merge: {{into: '{Name(target)}', whenMatched: [{{$set: {{n: '$$new.n'}}}}], whenNotMatched: '{whenNotMatched}'}}}}]"
        );

        Assert.Equal(Json.Array("[{_id: 'a', n: 3}]"), await AllAsync(target));
        await target.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{n: 1}", new CreateIndexOptions { Unique = true }));
        Assert.Equal(51190, await CodeAsync(source, $"[{{$merge: {{into: '{Name(target)}', on: 'n'}}}}]"));
    }

    [Fact]
    public async Task Failed_out_leaves_the_target_and_no_temporary_collection()
    {
        var source = await server.CreateCollectionAsync("[{_id: 1, n: 1}, {_id: 2, n: 1}]");
        var target = await server.CreateCollectionAsync("[{_id: 'old', n: 5}]");
        await target.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{n: 1}", new CreateIndexOptions { Unique = true }));

        Assert.Equal(11000, await CodeAsync(source, $"[{{$out: '{Name(target)}'}}]"));

        Assert.Equal(Json.Array("[{_id: 'old', n: 5}]"), await AllAsync(target));
        Assert.DoesNotContain(
            await (await server.Database.ListCollectionNamesAsync()).ToListAsync(),
            name => name.StartsWith("tmp.", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Readers_see_the_old_or_the_new_documents_while_out_replaces_them()
    {
        var source = server.NewCollection();
        await source.InsertManyAsync(Enumerable.Range(0, 50).Select(id => new BsonDocument("_id", id)));
        var target = Name(server.NewCollection());
        await RunAsync(source, $"[{{$out: '{target}'}}]");
        var writing = Task.Run(async () =>
        {
            for (var round = 0; round < 60; round++)
                await RunAsync(source, $"[{{$set: {{round: {round}}}}}, {{$out: '{target}'}}]");
        });

        var reader = server.Database.GetCollection<BsonDocument>(target);
        while (!writing.IsCompleted)
        {
            var documents = await reader.Find("{}").ToListAsync();
            Assert.Equal(50, documents.Count);
            Assert.Single(documents.Select(document => document.GetValue("round", -1)).Distinct());
            Assert.NotNull(await reader.Find("{_id: 7}").SingleOrDefaultAsync());
        }

        await writing;
    }

    [Fact]
    public async Task Unfinished_out_is_removed_at_the_next_start()
    {
        var directory = Directory.CreateTempSubdirectory("movielms-out-").FullName;
        try
        {
            await using (var engine = EmbeddedMongo.Storage.StorageEngine.Open(new EmbeddedMongoOptions { DataDirectory = directory }))
                EmbeddedMongo.Storage.Catalog.Load(engine).CreateTemporary("test", null);

            await using var restarted = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { DataDirectory = directory });
            using var client = new MongoClient(restarted.ConnectionString);

            Assert.Empty(await (await client.GetDatabase("test").ListCollectionNamesAsync()).ToListAsync());
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Theory]
    [InlineData("{$out: 5}", 16990)]
    [InlineData("{$out: {coll: 'x'}}", 40414)]
    [InlineData("{$out: {db: 'x', coll: 'x', nope: 1}}", 40415)]
    [InlineData("{$out: ''}", 73)]
    [InlineData("{$out: 'system.x'}", 17385)]
    [InlineData("{$out: {db: 'admin', coll: 'x'}}", 31321)]
    [InlineData("{$out: 'x'}, {$match: {}}", 40601)]
    [InlineData("{$facet: {a: [{$out: 'x'}]}}", 40600)]
    [InlineData("{$merge: 5}", 51182)]
    [InlineData("{$merge: {on: 'a'}}", 40414)]
    [InlineData("{$merge: {into: 'x', nope: 1}}", 40415)]
    [InlineData("{$merge: {into: 5}}", 51178)]
    [InlineData("{$merge: ''}", 5786800)]
    [InlineData("{$merge: {into: {db: 'x'}}}", 5786801)]
    [InlineData("{$merge: {into: 'x', on: 5}}", 51186)]
    [InlineData("{$merge: {into: 'x', on: []}}", 51187)]
    [InlineData("{$merge: {into: 'x', on: [1]}}", 51134)]
    [InlineData("{$merge: {into: 'x', on: ['a', 'a']}}", 31465)]
    [InlineData("{$merge: {into: 'x', on: 'a'}}", 51190)]
    [InlineData("{$merge: {into: 'x', whenMatched: 5}}", 51191)]
    [InlineData("{$merge: {into: 'x', whenMatched: 'nope'}}", 2)]
    [InlineData("{$merge: {into: 'x', whenNotMatched: 'nope'}}", 2)]
    [InlineData("{$merge: {into: 'x', whenMatched: 'fail', whenNotMatched: 'discard'}}", 51181)]
    [InlineData("{$merge: {into: 'x', let: {a: 1}}}", 51199)]
    [InlineData("{$merge: {into: 'x', let: {new: 1}, whenMatched: []}}", 51273)]
    [InlineData("{$merge: {into: 'x', whenMatched: [{$match: {}}]}}", 72)]
    [InlineData("{$merge: {into: 'system.x'}}", 31319)]
    [InlineData("{$merge: {into: {db: 'local', coll: 'x'}}}", 31320)]
    public async Task Invalid_stage_is_rejected(string stages, int code)
    {
        var source = await server.CreateCollectionAsync("[{_id: 1}]");

        Assert.Equal(code, await CodeAsync(source, $"[{stages}]"));
    }

    [Theory]
    [InlineData("", "[{_id: 1, a: 'new', b: 1}, {_id: 2, a: 'new'}]")]
    [InlineData("whenMatched: 'replace'", "[{_id: 1, a: 'new'}, {_id: 2, a: 'new'}]")]
    [InlineData("whenMatched: 'keepExisting'", "[{_id: 1, a: 'old', b: 1}, {_id: 2, a: 'new'}]")]
    [InlineData("whenNotMatched: 'discard'", "[{_id: 1, a: 'new', b: 1}]")]
    [InlineData(
        "let: {x: '$a'}, whenMatched: [{$set: {b: {$add: ['$b', 1]}, c: ['$$x', '$$new.a']}}]",
        "[{_id: 1, a: 'old', b: 2, c: ['new', 'new']}, {_id: 2, a: 'new'}]"
    )]
    public async Task Merge_updates_and_inserts(string options, string expected)
    {
        var source = await server.CreateCollectionAsync("[{_id: 1, a: 'new'}, {_id: 2, a: 'new'}]");
        var target = await server.CreateCollectionAsync("[{_id: 1, a: 'old', b: 1}]");

        Assert.Empty(await RunAsync(source, $"[{{$merge: {{into: '{Name(target)}', {options}}}}}]"));

        Assert.Equal(Json.Array(expected), await AllAsync(target));
    }

    [Theory]
    [InlineData("whenMatched: 'fail'", 11000, "[{_id: 1, a: 'old'}, {_id: 0, a: 'new'}]")]
    [InlineData("whenNotMatched: 'fail'", 13113, "[{_id: 1, a: 'old'}]")]
    [InlineData("whenMatched: [{$set: {_id: 5}}]", 66, "[{_id: 1, a: 'old'}, {_id: 0, a: 'new'}]")]
    public async Task Failed_merge_keeps_the_documents_before_the_failed_one(string options, int code, string expected)
    {
        var source = await server.CreateCollectionAsync("[{_id: 0, a: 'new'}, {_id: 1, a: 'new'}]");
        var target = await server.CreateCollectionAsync("[{_id: 1, a: 'old'}]");

        Assert.Equal(code, await CodeAsync(source, $"[{{$merge: {{into: '{Name(target)}', {options}}}}}]"));

        Assert.Equal(Json.Array(expected).OrderBy(document => document["_id"]), await AllAsync(target));
    }

    [Fact]
    public async Task Merge_finds_documents_by_a_compound_unique_index()
    {
        var source = await server.CreateCollectionAsync(
            "[{k: {x: 1}, s: 'a', n: 2}, {k: {x: 1}, s: 'a', n: 3}, {k: {x: 2}, s: 'a', n: 4}]"
        );
        var target = await server.CreateCollectionAsync("[{_id: 'kept', k: {x: 1}, s: 'a', n: 1}]");
        await target.Indexes.CreateOneAsync(
            new CreateIndexModel<BsonDocument>("{'k.x': 1, s: -1}", new CreateIndexOptions { Unique = true })
        );
        var merge = $"{{$merge: {{into: '{Name(target)}', on: ['s', 'k.x']}}}}";

        await RunAsync(source, $"[{{$sort: {{n: 1}}}}, {{$project: {{_id: 0}}}}, {merge}]");

        Assert.Equal(
            Json.Array("[{k: {x: 1}, s: 'a', n: 3}, {k: {x: 2}, s: 'a', n: 4}]"),
            new BsonArray(await target.Find("{}").Sort("{n: 1}").Project("{_id: 0}").ToListAsync())
        );
        Assert.Equal("kept", (await target.Find("{n: 3}").SingleAsync())["_id"]);
        Assert.Equal(66, await CodeAsync(source, $"[{merge}]"));
        Assert.Equal(51132, await CodeAsync(source, $"[{{$project: {{_id: 0, s: 1}}}}, {merge}]"));
    }

    [Fact]
    public async Task Merge_into_the_source_handles_many_batches_and_each_document_once()
    {
        var items = server.NewCollection();
        await items.InsertManyAsync(Enumerable.Range(0, 3_500).Select(id => new BsonDocument { { "_id", id }, { "n", 0 } }));

        await RunAsync(items, $"[{{$set: {{n: {{$add: ['$n', 1]}}}}}}, {{$merge: '{Name(items)}'}}]");
        await RunAsync(items, $"[{{$project: {{copy: '$_id', _id: {{$add: ['$_id', 10000]}}, n: '$n'}}}}, {{$merge: '{Name(items)}'}}]");

        Assert.Equal(7_000, await items.CountDocumentsAsync("{n: 1}"));
        Assert.Equal(7_000, await items.CountDocumentsAsync("{}"));
    }

    [Fact]
    public async Task Explain_plans_without_writing()
    {
        var source = await server.CreateCollectionAsync("[{_id: 1}]");
        var target = Name(server.NewCollection());
        var command = Json.Document(
            $"{{aggregate: '{Name(source)}', pipeline: [{{$match: {{_id: 1}}}}, {{$out: '{target}'}}], cursor: {{}}}}"
        );

        var plan = await ExplainAsync(command, "queryPlanner");
        var error = await Assert.ThrowsAsync<MongoCommandException>(() => ExplainAsync(command, "executionStats"));

        Assert.Equal(["$cursor", "$out"], plan["stages"].AsBsonArray.Select(stage => stage.AsBsonDocument.GetElement(0).Name));
        Assert.Equal(51029, error.Code);
        Assert.DoesNotContain(target, await (await server.Database.ListCollectionNamesAsync()).ToListAsync());
    }

    private Task<BsonDocument> ExplainAsync(BsonDocument command, string verbosity) =>
        server.Database.RunCommandAsync<BsonDocument>(new BsonDocument { { "explain", command }, { "verbosity", verbosity } });

    private static string Name(IMongoCollection<BsonDocument> items) => items.CollectionNamespace.CollectionName;

    private static async Task<BsonArray> AllAsync(IMongoCollection<BsonDocument> items) =>
        new(await items.Find("{}").Sort("{_id: 1}").ToListAsync());

    private async Task<BsonArray> RunAsync(IMongoCollection<BsonDocument> items, string pipeline)
    {
        var command = new BsonDocument
        {
            { "aggregate", Name(items) },
            { "pipeline", Json.Array(pipeline) },
            { "cursor", new BsonDocument() },
        };
        return (await server.Database.RunCommandAsync<BsonDocument>(command))["cursor"]["firstBatch"].AsBsonArray;
    }

    private async Task<int> CodeAsync(IMongoCollection<BsonDocument> items, string pipeline) =>
        await Record.ExceptionAsync(() => RunAsync(items, pipeline)) is MongoCommandException error ? error.Code : 0;
}
