using EmbeddedMongo.Storage;
using EmbeddedMongo.Tests.Clients;
using MongoDB.Bson;
using MongoDB.Driver;
using RocksDbSharp;

namespace EmbeddedMongo.Tests.Storage;

/// <summary>Indexes with a collation: plans, uniqueness, definitions and restarts.</summary>
public sealed class CollationIndexTests : IAsyncLifetime
{
    private static readonly Collation English = new("en", strength: CollationStrength.Secondary);

    private readonly string _directory = Directory.CreateTempSubdirectory("embedded-mongo-collation-").FullName;
    private EmbeddedMongoServer _server = null!;
    private MongoClient _client = null!;

    private IMongoDatabase Database => _client.GetDatabase("collation");

    private IMongoCollection<BsonDocument> Items => Database.GetCollection<BsonDocument>("items");

    public async ValueTask InitializeAsync() => await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Unique_index_compares_by_its_collation()
    {
        await CreateIndexAsync("{t: 1}", "unique: true, collation: {locale: 'en', strength: 2}");
        await Items.InsertOneAsync(Json.Document("{_id: 1, t: 'a'}"));
        foreach (var duplicate in (string[])["{_id: 2, t: 'A'}", "{_id: 2, t: ['b', 'A']}"])
        {
            var error = await Assert.ThrowsAsync<MongoWriteException>(() => Items.InsertOneAsync(Json.Document(duplicate)));
            Assert.Equal(ServerErrorCategory.DuplicateKey, error.WriteError.Category);
            Assert.Contains("index: t_1 collation: { \"locale\" : \"en\"", error.WriteError.Message, StringComparison.Ordinal);
        }

        await Items.InsertOneAsync(Json.Document("{_id: 2, t: 'á'}"));
        await Assert.ThrowsAsync<MongoWriteException>(() => Items.UpdateOneAsync("{_id: 2}", "{$set: {t: 'A'}}"));
        await Items.UpdateOneAsync("{_id: 1}", "{$set: {t: 'A'}}");
        Assert.Equal("A", (await Items.Find("{t: 'a'}", new FindOptions { Collation = English }).SingleAsync())["t"]);
        await Items.DeleteOneAsync("{t: 'A'}");
        await Items.InsertOneAsync(Json.Document("{_id: 1, t: 'a'}"));

        await Items.InsertOneAsync(Json.Document("{_id: 9, u: 'x'}"));
        await Items.InsertOneAsync(Json.Document("{_id: 10, u: 'X', t: 1}"));
        Assert.Equal(11000, await GetErrorAsync(IndexCommand("{u: 1}", "u_1", "unique: true, collation: {locale: 'en', strength: 2}")));
    }

    [Fact]
    public async Task Statements_find_documents_of_earlier_statements_by_their_unique_key()
    {
        await CreateIndexAsync("{t: 1}", "unique: true, collation: {locale: 'en', strength: 2}");
        await Items.BulkWriteAsync([
            new UpdateOneModel<BsonDocument>("{t: 'Ä'}", "{$set: {n: 1}}") { IsUpsert = true, Collation = English },
            new UpdateOneModel<BsonDocument>("{t: 'ä'}", "{$inc: {n: 1}}") { IsUpsert = true, Collation = English },
            new UpdateOneModel<BsonDocument>("{t: 'B'}", "{$set: {n: 1}}") { IsUpsert = true, Collation = English },
            new UpdateOneModel<BsonDocument>("{t: {$gte: 'b'}}", "{$inc: {n: 1}}") { Collation = English },
        ]);
        Assert.Equal([2, 2], (await Items.Find("{}").ToListAsync()).Select(document => document["n"].AsInt32));
    }

    [Theory]
    [InlineData("find: 'items', filter: {t: 'A'}", "en", "t_en")]
    [InlineData("find: 'items', filter: {t: 'A'}", null, null)]
    [InlineData("find: 'items', filter: {t: 'A'}", "fr", null)]
    [InlineData("find: 'items', filter: {s: 'A'}", null, "s_simple")]
    [InlineData("find: 'items', filter: {s: 'A'}", "en", null)]
    [InlineData("find: 'items', filter: {t: 5}", null, "t_en")]
    [InlineData("find: 'items', filter: {t: 5}", "fr", "t_en")]
    [InlineData("find: 'items', filter: {s: {$gt: 5}}", "en", "s_simple")]
    [InlineData("find: 'items', filter: {t: {$in: [5, 'A']}}", "en", "t_en")]
    [InlineData("find: 'items', filter: {t: {$in: [5, 'A']}}", null, null)]
    [InlineData("find: 'items', filter: {t: {x: 'A'}}", null, null)]
    [InlineData("find: 'items', filter: {t: {x: 1}}", null, "t_en")]
    [InlineData("find: 'items', filter: {t: /^A/}", "en", null)]
    [InlineData("find: 'items', filter: {s: /^A/}", "en", "s_simple")]
    [InlineData("find: 'items', filter: {}, sort: {t: 1}", "en", "t_en")]
    [InlineData("find: 'items', filter: {}, sort: {t: 1}", null, null)]
    [InlineData("find: 'items', filter: {}, sort: {s: -1}", "en", null)]
    [InlineData("find: 'items', filter: {_id: 'A'}", null, "IDHACK")]
    [InlineData("find: 'items', filter: {_id: 'A'}", "en", null)]
    [InlineData("find: 'items', filter: {_id: 5}", "en", "IDHACK")]
    [InlineData("find: 'items', filter: {_id: {$in: [5, 6]}}", "en", "_id_")]
    [InlineData("find: 'items', filter: {_id: {$in: [5, 'A']}}", "en", null)]
    [InlineData("find: 'items', filter: {p: 1, q: 'B'}", "en", "p_partial")]
    [InlineData("find: 'items', filter: {p: 1, q: 'B'}", null, null)]
    [InlineData("find: 'items', filter: {p: 1, r: {$gt: 'c'}}", "en", "p_range")]
    [InlineData("find: 'items', filter: {p: 1, r: {$gt: 'c'}}", null, null)]
    [InlineData("count: 'items', query: {t: 'A'}", "en", "t_en")]
    [InlineData("distinct: 'items', key: 's', query: {t: 'A'}", "en", "t_en")]
    [InlineData("aggregate: 'items', pipeline: [{$match: {t: 'A'}}], cursor: {}", "en", "t_en")]
    [InlineData("findAndModify: 'items', query: {t: 'A'}, remove: true", "en", "t_en")]
    public async Task Index_is_used_for_strings_only_with_the_same_collation(string command, string? locale, string? index)
    {
        await CreateIndexAsync("{t: 1}", "name: 't_en', collation: {locale: 'en', strength: 2}");
        await CreateIndexAsync("{s: 1}", "name: 's_simple'");
        await CreateIndexAsync("{p: 1}", "name: 'p_partial', collation: {locale: 'en', strength: 2}, partialFilterExpression: {q: 'b'}");
        await CreateIndexAsync(
            "{p: 1}",
            "name: 'p_range', collation: {locale: 'en', strength: 2}, partialFilterExpression: {r: {$gt: 'B'}}"
        );
        var collation = locale is null ? "" : $", collation: {{locale: '{locale}', strength: 2}}";
        var explained = await RunAsync($"{{explain: {{{command}{collation}}}, verbosity: 'queryPlanner'}}");

        var planner = explained["queryPlanner"].AsBsonDocument;
        Assert.Equal(locale, planner.GetValue("collation", null)?["locale"].AsString);
        var stage = planner["winningPlan"].AsBsonDocument;
        while (stage.TryGetValue("inputStage", out var input))
            stage = input.AsBsonDocument;

        Assert.Equal(index, stage["stage"] == "IDHACK" ? "IDHACK" : stage.GetValue("indexName", null)?.AsString);
        if (index == "t_en")
            Assert.Equal("en", stage["collation"]["locale"]);
        if (command.Contains("filter: {t: 'A'}", StringComparison.Ordinal) && index is not null)
            Assert.StartsWith("[CollationKey(0x", stage["indexBounds"]["t"][0].AsString, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{t: 1}", "t_1", "collation: {locale: 'en', strength: 1}", 86)]
    [InlineData("{t: 1}", "t_1", "", 86)]
    [InlineData("{t: 1}", "other", "collation: {locale: 'en', strength: 2}", 85)]
    [InlineData("{t: 1}", "t_1", "collation: {locale: 'en', strength: 2, caseLevel: false}", 0)]
    [InlineData("{t: 1}", "other", "collation: {locale: 'en', strength: 1}", 0)]
    [InlineData("{t: 1}", "other", "", 0)]
    [InlineData("{u: 1}", "u_1", "collation: {}", 2)]
    [InlineData("{u: 1}", "u_1", "collation: {locale: 'en', strength: 4}", 238)]
    [InlineData("{u: 1}", "u_1", "collation: 'en'", 14)]
    [InlineData("{_id: 1}", "_id_", "collation: {locale: 'en'}", 2)]
    [InlineData("{_id: 1}", "_id_", "", 0)]
    public async Task Indexes_with_the_same_keys_differ_by_collation(string key, string name, string options, int code)
    {
        await CreateIndexAsync("{t: 1}", "collation: {locale: 'en', strength: 2}");
        if (code == 0)
            await RunAsync(IndexCommand(key, name, options));
        else
            Assert.Equal(code, await GetErrorAsync(IndexCommand(key, name, options)));
    }

    [Fact]
    public async Task Indexes_inherit_the_default_collation_and_are_listed_with_it()
    {
        await RunAsync("{create: 'items', collation: {locale: 'en', strength: 1}}");
        await CreateIndexAsync("{a: 1}", "name: 'inherited'");
        await CreateIndexAsync("{a: 1}", "name: 'simple', collation: {locale: 'simple'}");
        await CreateIndexAsync("{a: 1}", "name: 'numeric', collation: {locale: 'de', numericOrdering: true}");

        var listed = await (await Items.Indexes.ListAsync()).ToListAsync();

        Assert.Equal(
            ["_id_ en 1", "inherited en 1", "simple", "numeric de 3"],
            listed.Select(index =>
                index.TryGetValue("collation", out var collation)
                    ? $"{index["name"]} {collation["locale"]} {collation["strength"]}"
                    : index["name"].AsString
            )
        );
        Assert.Equal(
            Json.Document(
                """
                {locale: 'de', caseLevel: false, caseFirst: 'off', strength: 3, numericOrdering: true, alternate: 'non-ignorable',
                 maxVariable: 'punct', normalization: false, backwards: false, version: '57.1'}
                """
            ),
            listed[3]["collation"]
        );
        Assert.Equal(2, await GetErrorAsync("{find: 'items', hint: {a: 1}}"));
        Assert.Equal(181, await GetErrorAsync("{dropIndexes: 'items', index: {a: 1}}"));
        await RunAsync("{dropIndexes: 'items', index: 'numeric'}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Queries_with_an_index_return_the_same_documents_as_without(int strength)
    {
        var random = new Random(strength);
        var plain = Database.GetCollection<BsonDocument>("plain");
        for (var i = 0; i < 150; i++)
        {
            var document = new BsonDocument
            {
                { "_id", i },
                { "a", Value(random, 0) },
                { "b", random.Next(3) },
            };
            await plain.InsertOneAsync(document);
            await Items.InsertOneAsync(document);
        }

        var collation = new Collation("en", strength: (CollationStrength)strength);
        await CreateIndexAsync("{a: -1, b: 1}", $"name: 'ab', collation: {{locale: 'en', strength: {strength}}}");
        await CreateIndexAsync("{b: 1, a: 1}", $"name: 'ba', collation: {{locale: 'en', strength: {strength}}}");
        await CreateIndexAsync("{a: 1}", "name: 'simple'");
        for (var i = 0; i < 50; i++)
        {
            var update = new BsonDocument("$set", new BsonDocument("a", Value(random, 0)));
            var id = new BsonDocument("_id", random.Next(150));
            await plain.UpdateOneAsync(id, update);
            await Items.UpdateOneAsync(id, update);
        }

        for (var i = 0; i < 200; i++)
        {
            var operation = (string[])["$eq", "$gt", "$gte", "$lt", "$lte", "$ne", "$in"];
            var name = operation[random.Next(operation.Length)];
            BsonValue operand = name == "$in" ? new BsonArray { Value(random, 0), Value(random, 0) } : Value(random, 0);
            var filter = new BsonDocument("a", new BsonDocument(name, operand));
            if (random.Next(2) == 0)
                filter.Add("b", random.Next(3));

            var options = new FindOptions { Collation = random.Next(4) == 0 ? Collation.Simple : collation };
            var sort = random.Next(2) == 0 ? "{a: 1, _id: 1}" : "{b: 1, a: 1, _id: 1}";
            Assert.Equal(
                await plain.Find(filter, options).Sort(sort).ToListAsync(),
                await Items.Find(filter, options).Sort(sort).ToListAsync()
            );
            Assert.Equal(
                await plain.CountDocumentsAsync(filter, new CountOptions { Collation = options.Collation }),
                await Items.CountDocumentsAsync(filter, new CountOptions { Collation = options.Collation })
            );
            var ordered = await plain.Find(filter, options).Sort("{b: 1, a: 1}").ToListAsync();
            var walked = await Items.Find(filter, options).Sort("{b: 1, a: 1}").ToListAsync();
            Assert.Equal(ordered.Select(document => document["b"]), walked.Select(document => document["b"]));
            Assert.Equal(ordered.Select(document => document["_id"]).Order(), walked.Select(document => document["_id"]).Order());
        }
    }

    [Fact]
    public async Task Collations_survive_a_restart()
    {
        await RunAsync("{create: 'items', collation: {locale: 'en', strength: 2}}");
        await CreateIndexAsync("{t: 1}", "unique: true");
        await CreateIndexAsync("{p: 1}", "partialFilterExpression: {q: 'b'}");
        await Items.InsertOneAsync(Json.Document("{_id: 'x', t: 'a', p: 1, q: 'B'}"));
        await StopAsync();
        await StartAsync();

        Assert.Equal("x", (await Items.Find("{t: 'A'}").SingleAsync())["_id"]);
        Assert.Equal("x", (await Items.Find("{p: 1, q: 'b'}").SingleAsync())["_id"]);
        await Assert.ThrowsAsync<MongoWriteException>(() => Items.InsertOneAsync(Json.Document("{_id: 'y', t: 'A'}")));
        await Assert.ThrowsAsync<MongoWriteException>(() => Items.InsertOneAsync(Json.Document("{_id: 'X'}")));
        Assert.Equal(2, (await (await Items.Indexes.ListAsync()).ToListAsync())[1]["collation"]["strength"]);
    }

    [Fact]
    public async Task Indexes_of_another_version_of_the_library_are_rebuilt_at_the_start()
    {
        await RunAsync("{create: 'items', collation: {locale: 'en', strength: 2}}");
        await CreateIndexAsync("{t: 1}", "unique: true");
        await Items.InsertManyAsync(Enumerable.Range(0, 50).Select(i => Json.Document($"{{_id: 'x{i}', t: ['a{i}', 'b{i}']}}")));
        await StopAsync();
        await EditCatalogAsync(
            (index, batch) =>
            {
                Assert.NotEqual(0, index["sortVersion"]);
                index["sortVersion"] = 1;
                Catalog.DeletePrefix(batch, 'i', (uint)index["id"].AsInt64);
            }
        );

        await StartAsync();

        Assert.Equal("x7", (await Items.Find("{t: 'B7'}").SingleAsync())["_id"]);
        Assert.Equal("x7", (await Items.Find("{_id: 'X7'}").SingleAsync())["_id"]);
        await Assert.ThrowsAsync<MongoWriteException>(() => Items.InsertOneAsync(Json.Document("{_id: 'y', t: 'A3'}")));
        await StopAsync();
        await StartAsync();
        Assert.Equal(50, await Items.CountDocumentsAsync("{t: {$gte: ''}}"));
    }

    [Fact]
    public async Task Unique_index_with_duplicates_under_new_rules_stops_the_start_and_stays_as_it_is()
    {
        // The rules of another ICU version are simulated by another strength.
        await RunAsync("{create: 'items', collation: {locale: 'en', strength: 3}}");
        await CreateIndexAsync("{n: 1}", "name: 'n_1'");
        await CreateIndexAsync("{t: 1}", "unique: true");
        await Items.InsertManyAsync([Json.Document("{_id: 1, t: 'a', n: 'x'}"), Json.Document("{_id: 2, t: 'A', n: 'y'}")]);
        await StopAsync();
        BsonValue version = 0;
        await EditCatalogAsync(
            (index, _) =>
            {
                version = index["sortVersion"];
                index["sortVersion"] = 1;
                index["definition"]["collation"]["strength"] = 2;
            }
        );

        for (var attempt = 0; attempt < 2; attempt++)
        {
            var error = await Assert.ThrowsAsync<EmbeddedMongoException>(StartAsync);
            Assert.Contains("collection collation.items cannot be rebuilt", error.Message, StringComparison.Ordinal);
            Assert.Contains("index: t_1", error.Message, StringComparison.Ordinal);
        }

        await EditCatalogAsync(
            (index, _) =>
            {
                Assert.Equal(1, index["sortVersion"]);
                index["sortVersion"] = version;
                index["definition"]["collation"]["strength"] = 3;
            }
        );
        await StartAsync();
        foreach (var filter in (string[])["{t: 'A'}", "{n: 'y'}", "{_id: 2}"])
            Assert.Equal(2, (await Items.Find(filter).SingleAsync())["_id"]);

        var duplicate = await Assert.ThrowsAsync<MongoWriteException>(() => Items.InsertOneAsync(Json.Document("{t: 'a'}")));
        Assert.Equal(ServerErrorCategory.DuplicateKey, duplicate.WriteError.Category);
        Assert.True((await RunAsync("{validate: 'items'}"))["valid"].AsBoolean);
    }

    [Fact]
    public async Task Collations_are_rejected_by_name_of_the_missing_library()
    {
        await StopAsync();
        await using (var host = await HostProcess.StartAsync(_directory, withIcu: false))
        {
            using var client = new MongoClient(host.ConnectionString);
            var items = client.GetDatabase("collation").GetCollection<BsonDocument>("items");
            await items.InsertOneAsync(Json.Document("{_id: 1, t: 'a'}"));
            Assert.Equal(1, await items.CountDocumentsAsync("{t: 'a'}"));
            var error = await Assert.ThrowsAsync<MongoCommandException>(() =>
                items.Find("{t: 'A'}", new FindOptions { Collation = English }).ToListAsync()
            );
            Assert.Equal(115, error.Code);
            Assert.Contains("libicu", error.Message, StringComparison.Ordinal);
        }

        await StartAsync();
        await CreateIndexAsync("{t: 1}", "collation: {locale: 'en', strength: 2}");
        await StopAsync();
        await using (var host = await HostProcess.StartAsync(_directory, withIcu: false))
        {
            var (exitCode, error) = await host.WaitForExitAsync();
            Assert.Equal(1, exitCode);
            Assert.Contains(
                "The collection collation.items cannot be opened: Collations need the ICU library",
                error,
                StringComparison.Ordinal
            );
        }

        await StartAsync();
        Assert.Equal(1, await Items.CountDocumentsAsync("{t: 'A'}", new CountOptions { Collation = English }));
    }

    /// <summary>Edits the stored indexes of the collection while the server is stopped.</summary>
    private async Task EditCatalogAsync(Action<BsonDocument, WriteBatch> edit)
    {
        await using var engine = StorageEngine.Open(new EmbeddedMongoOptions { DataDirectory = _directory });
        var key = KeySpace.CatalogKey("collation.items");
        var entry = MongoDB.Bson.Serialization.BsonSerializer.Deserialize<BsonDocument>(engine.Get(key)!);
        using var batch = new WriteBatch();
        foreach (var index in entry["indexes"].AsBsonArray)
            edit(index.AsBsonDocument, batch);

        batch.Put(key, entry.ToBson());
        engine.Write(batch);
    }

    private static BsonValue Value(Random random, int depth)
    {
        const string Letters = "aAáÁbB -";
        return random.Next(depth == 0 ? 10 : 5) switch
        {
            0 => random.Next(4),
            7 => new BsonArray { Value(random, 1), Value(random, 1) },
            8 => new BsonDocument("x", Value(random, 1)),
            9 => BsonNull.Value,
            _ => string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => Letters[random.Next(Letters.Length)])),
        };
    }

    private static string IndexCommand(string key, string name, string options) =>
        $"{{createIndexes: 'items', indexes: [{{key: {key}, name: '{name}'{(options.Length > 0 ? $", {options}" : "")}}}]}}";

    private Task CreateIndexAsync(string key, string options)
    {
        var isNamed = options.StartsWith("name: ", StringComparison.Ordinal);
        var name = $"{Json.Document(key).GetElement(0).Name}_1";
        return RunAsync($"{{createIndexes: 'items', indexes: [{{key: {key}, {(isNamed ? "" : $"name: '{name}', ")}{options}}}]}}");
    }

    private async Task StartAsync()
    {
        _server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { DataDirectory = _directory });
        _client = new MongoClient(_server.ConnectionString);
    }

    private async Task StopAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    private Task<BsonDocument> RunAsync(string command) => Database.RunCommandAsync<BsonDocument>(Json.Document(command));

    private async Task<int> GetErrorAsync(string command) =>
        (await Assert.ThrowsAsync<MongoCommandException>(() => RunAsync(command))).Code;
}
