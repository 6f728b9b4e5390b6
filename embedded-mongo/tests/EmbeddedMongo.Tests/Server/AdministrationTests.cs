using EmbeddedMongo.Bson;
using EmbeddedMongo.Indexes;
using EmbeddedMongo.Storage;
using EmbeddedMongo.Tests.Clients;
using Microsoft.Extensions.Time.Testing;
using MongoDB.Bson;
using MongoDB.Driver;
using RocksDbSharp;

namespace EmbeddedMongo.Tests.Server;

/// <summary><c>collMod</c>, <c>validate</c>, <c>currentOp</c> and <c>killOp</c>.</summary>
public sealed class AdministrationTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Expiry_of_an_index_is_changed_and_used()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var own = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { TimeProvider = clock });
        var database = new MongoClient(own.ConnectionString).GetDatabase("expiry");
        var items = database.GetCollection<BsonDocument>("items");
        await items.Indexes.CreateOneAsync(
            new CreateIndexModel<BsonDocument>("{at: 1}", new CreateIndexOptions { ExpireAfter = TimeSpan.FromHours(1) })
        );
        await items.InsertOneAsync(new BsonDocument("at", clock.GetUtcNow().UtcDateTime.AddMinutes(-10)));
        own.SweepExpired();
        Assert.Equal(1, await items.CountDocumentsAsync("{}"));

        var reply = await database.RunCommandAsync<BsonDocument>(
            "{collMod: 'items', index: {keyPattern: {at: 1}, expireAfterSeconds: 60, hidden: true}}"
        );

        Assert.Equal((3600, 60), (reply["expireAfterSeconds_old"].ToInt32(), reply["expireAfterSeconds_new"].ToInt32()));
        Assert.Equal((false, true), (reply["hidden_old"].AsBoolean, reply["hidden_new"].AsBoolean));
        own.SweepExpired();
        Assert.Equal(0, await items.CountDocumentsAsync("{}"));
    }

    [Fact]
    public async Task Index_becomes_an_expiry_index()
    {
        var items = await CreateIndexedAsync();

        var reply = await RunAsync($"{{collMod: '{Name(items)}', index: {{name: 'n_1', expireAfterSeconds: 5}}}}");

        Assert.False(reply.Contains("expireAfterSeconds_old"));
        Assert.Equal(5, (await (await items.Indexes.ListAsync()).ToListAsync())[1]["expireAfterSeconds"].ToInt32());
    }

    [Fact]
    public async Task Hidden_index_is_not_used_by_queries()
    {
        var items = await CreateIndexedAsync();
        await items.InsertManyAsync(Enumerable.Range(0, 20).Select(id => new BsonDocument { { "_id", id }, { "n", id } }));
        Assert.Equal(1, await DocumentsExaminedAsync(items));

        await RunAsync($"{{collMod: '{Name(items)}', index: {{name: 'n_1', hidden: true}}}}");
        Assert.Equal(20, await DocumentsExaminedAsync(items));
        Assert.Equal(2, (await FailAsync($"{{find: '{Name(items)}', hint: 'n_1'}}")).Code);
        Assert.True((await (await items.Indexes.ListAsync()).ToListAsync())[1]["hidden"].AsBoolean);

        // It is kept up to date and can be shown again.
        await items.InsertOneAsync(new BsonDocument { { "_id", 20 }, { "n", 7 } });
        await RunAsync($"{{collMod: '{Name(items)}', index: {{keyPattern: {{n: 1}}, hidden: false}}}}");
        Assert.Equal(2, await DocumentsExaminedAsync(items));
        Assert.False((await (await items.Indexes.ListAsync()).ToListAsync())[1].Contains("hidden"));
    }

    [Theory]
    [InlineData("index: {name: 'n_1'}", 72)]
    [InlineData("index: {expireAfterSeconds: 5}", 72)]
    [InlineData("index: {name: 'n_1', keyPattern: {n: 1}, expireAfterSeconds: 5}", 72)]
    [InlineData("index: {name: 'nope', expireAfterSeconds: 5}", 27)]
    [InlineData("index: {keyPattern: {nope: 1}, expireAfterSeconds: 5}", 27)]
    [InlineData("index: {name: '_id_', expireAfterSeconds: 5}", 72)]
    [InlineData("index: {name: '_id_', hidden: true}", 2)]
    [InlineData("index: {name: 'a_1_b_1', expireAfterSeconds: 5}", 72)]
    [InlineData("index: {name: 'n_1', expireAfterSeconds: -1}", 72)]
    [InlineData("index: {name: 'n_1', expireAfterSeconds: 'long'}", 14)]
    [InlineData("index: {name: 'n_1', nope: 1}", 40415)]
    [InlineData("index: {name: 'n_1', unique: true}", 238)]
    [InlineData("index: 'n_1'", 14)]
    [InlineData("validator: {a: 1}", 238)]
    [InlineData("validationLevel: 'off'", 238)]
    [InlineData("viewOn: 'x'", 238)]
    [InlineData("nope: 1", 40415)]
    public async Task Invalid_collMod_is_rejected(string options, int code)
    {
        var items = await CreateIndexedAsync();
        await items.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{a: 1, b: 1}"));

        Assert.Equal(code, (await FailAsync($"{{collMod: '{Name(items)}', {options}}}")).Code);
    }

    [Fact]
    public async Task Index_is_created_hidden()
    {
        var items = server.NewCollection();
        var created = $"{{createIndexes: '{Name(items)}', indexes: [{{key: {{n: 1}}, name: 'n_1', hidden: true}}]}}";
        await RunAsync(created);
        await items.InsertManyAsync(Enumerable.Range(0, 20).Select(id => new BsonDocument("n", id)));

        Assert.Equal(20, await DocumentsExaminedAsync(items));
        Assert.Equal(2, (await FailAsync(created.Replace("n: 1", "_id: 1", StringComparison.Ordinal))).Code);
    }

    [Fact]
    public async Task Missing_collection_is_not_found()
    {
        Assert.Equal(26, (await FailAsync("{collMod: 'missing', index: {name: 'a', hidden: true}}")).Code);
        Assert.Equal(26, (await FailAsync("{validate: 'missing'}")).Code);
    }

    [Fact]
    public async Task Intact_collection_is_valid()
    {
        var items = await CreateIndexedAsync();
        await items.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{tags: 1}", new CreateIndexOptions { Sparse = true }));
        await items.InsertManyAsync([
            Json.Document("{_id: 1, n: 1, tags: ['a', 'b', 'a']}"),
            Json.Document("{_id: 2}"),
            Json.Document("{_id: 3, n: [1, 2]}"),
        ]);

        var result = await RunAsync($"{{validate: '{Name(items)}', full: true}}");

        Assert.True(result["valid"].AsBoolean);
        Assert.Equal((3, 0, 3), (result["nrecords"].ToInt32(), result["nInvalidDocuments"].ToInt32(), result["nIndexes"].ToInt32()));
        Assert.Equal(Json.Document("{_id_: 3, n_1: 4, tags_1: 2}"), result["keysPerIndex"].AsBsonDocument);
        Assert.Equal(Json.Document("{_id_: {valid: true}, n_1: {valid: true}, tags_1: {valid: true}}"), result["indexDetails"]);
        Assert.Empty(result["errors"].AsBsonArray);
        Assert.Equal(238, (await FailAsync($"{{validate: '{Name(items)}', repair: true}}")).Code);
    }

    [Theory]
    [InlineData("missing entry", "n_1", 0, 1, 0)]
    [InlineData("extra entry", "n_1", 0, 0, 1)]
    [InlineData("entry of another record", "_id_", 0, 1, 1)]
    [InlineData("deleted document", "n_1", 0, 0, 2)]
    [InlineData("invalid document", "n_1", 1, 0, 2)]
    public async Task Corrupt_storage_is_found(string corruption, string index, int invalid, int missing, int extra)
    {
        var directory = Directory.CreateTempSubdirectory("embedded-mongo-validate-").FullName;
        try
        {
            await using (var own = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { DataDirectory = directory }))
            {
                var items = new MongoClient(own.ConnectionString).GetDatabase("validate").GetCollection<BsonDocument>("items");
                await items.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{n: 1}"));
                await items.InsertManyAsync(Enumerable.Range(1, 5).Select(id => new BsonDocument { { "_id", id }, { "n", id } }));
            }

            await CorruptAsync(directory, corruption);
            await using var again = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { DataDirectory = directory });
            var result = await new MongoClient(again.ConnectionString)
                .GetDatabase("validate")
                .RunCommandAsync<BsonDocument>("{validate: 'items'}");

            Assert.False(result["valid"].AsBoolean);
            Assert.NotEmpty(result["errors"].AsBsonArray);
            Assert.Equal(invalid, result["nInvalidDocuments"].ToInt32());
            Assert.Equal(invalid, result["corruptRecords"].AsBsonArray.Count);
            Assert.Equal(missing, result["missingIndexEntries"].AsBsonArray.Count);
            Assert.Equal(extra, result["extraIndexEntries"].AsBsonArray.Count);
            Assert.False(result["indexDetails"][index]["valid"].AsBoolean);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Running_commands_include_the_caller()
    {
        var admin = server.Database.Client.GetDatabase("admin");

        var all = await admin.RunCommandAsync<BsonDocument>("{currentOp: 1, comment: 'mine'}");
        var own = all["inprog"].AsBsonArray.Single(operation => operation["command"].AsBsonDocument.GetValue("comment", "") == "mine");
        Assert.True(own["active"].AsBoolean);
        Assert.Equal(("command", "admin.$cmd"), (own["op"].AsString, own["ns"].AsString));
        Assert.True(own["opid"].AsInt32 > 0);
        Assert.True(own["microsecs_running"].ToInt64() >= 0);
        Assert.StartsWith("127.0.0.1:", own["client"].AsString, StringComparison.Ordinal);

        Assert.Empty((await admin.RunCommandAsync<BsonDocument>("{currentOp: 1, secs_running: {$gt: 1000}}"))["inprog"].AsBsonArray);
        var stage = await admin
            .Aggregate<BsonDocument>(new[] { Json.Document("{$currentOp: {allUsers: true}}"), Json.Document("{$match: {active: true}}") })
            .ToListAsync();
        Assert.Contains(stage, operation => operation["ns"] == "admin.$cmd.aggregate");
    }

    [Fact]
    public async Task Long_command_is_truncated()
    {
        var admin = server.Database.Client.GetDatabase("admin");
        var command = new BsonDocument { { "currentOp", 1 }, { "comment", new string('x', 5_000) } };

        var operations = (await admin.RunCommandAsync<BsonDocument>(command))["inprog"].AsBsonArray;

        var own = operations.Single(operation => operation["command"].AsBsonDocument.Contains("$truncated"));
        Assert.Equal(1_000, own["command"]["$truncated"].AsString.Length);
    }

    [Fact]
    public async Task Killed_command_ends()
    {
        var items = server.NewCollection();
        await items.InsertManyAsync(Enumerable.Range(0, 20_000).Select(id => new BsonDocument { { "_id", id }, { "n", id } }));
        var slow = RunAsync(
            """
            {aggregate: 'NAME', cursor: {}, comment: 'slow', pipeline: [
              {$lookup: {from: 'NAME', let: {n: '$n'}, as: 'x', pipeline: [{$match: {$expr: {$gt: ['$n', '$$n']}}}, {$count: 'c'}]}},
              {$sort: {x: 1}}]}
            """.Replace("NAME", Name(items), StringComparison.Ordinal)
        );
        var admin = server.Database.Client.GetDatabase("admin");
        BsonValue? found = null;
        for (var attempt = 0; found is null && attempt < 600; attempt++)
        {
            var running = await admin.RunCommandAsync<BsonDocument>("{currentOp: 1, 'command.comment': 'slow'}");
            found = running["inprog"].AsBsonArray.SingleOrDefault();
        }

        Assert.NotNull(found);
        Assert.Equal($"drivers.{Name(items)}", found["ns"]);
        await admin.RunCommandAsync<BsonDocument>(new BsonDocument { { "killOp", 1 }, { "op", found["opid"] } });

        Assert.Equal(11601, (await Assert.ThrowsAsync<MongoCommandException>(() => slow)).Code);
    }

    [Theory]
    [InlineData("drivers", "{currentOp: 1}", 13)]
    [InlineData("drivers", "{killOp: 1, op: 5}", 13)]
    [InlineData("admin", "{killOp: 1}", 40414)]
    [InlineData("admin", "{killOp: 1, op: 'x'}", 14)]
    [InlineData("admin", "{killOp: 1, op: 2000000000}", 0)]
    [InlineData("drivers", "{aggregate: 1, pipeline: [{$currentOp: {}}], cursor: {}}", 73)]
    [InlineData("admin", "{aggregate: 1, pipeline: [{$currentOp: 1}], cursor: {}}", 9)]
    [InlineData("admin", "{aggregate: 1, pipeline: [{$currentOp: {nope: true}}], cursor: {}}", 9)]
    [InlineData("admin", "{aggregate: 1, pipeline: [{$match: {}}, {$currentOp: {}}], cursor: {}}", 40602)]
    public async Task Operation_commands_check_their_arguments(string database, string command, int code)
    {
        var error = await Record.ExceptionAsync(() =>
            server.Database.Client.GetDatabase(database).RunCommandAsync<BsonDocument>(Json.Document(command))
        );

        Assert.Equal(code, error is MongoCommandException failed ? failed.Code : 0);
    }

    /// <summary>Changes the data folder of a stopped server.</summary>
    private static async Task CorruptAsync(string directory, string corruption)
    {
        await using var engine = StorageEngine.Open(new EmbeddedMongoOptions { DataDirectory = directory });
        var collection = Catalog.Load(engine).Find("validate", "items")!;
        var (ids, numbers) = (collection.State.Indexes[0], collection.State.Indexes[1]);
        var record = collection.FindUnique(ids, KeyEncoder.Encode(3))!.Value;
        var document = new byte[KeySpace.DocumentKeyLength];
        KeySpace.DocumentKey(document, collection.Id, record);
        using var batch = new WriteBatch();
        switch (corruption)
        {
            case "missing entry":
                batch.Delete(KeySpace.IndexKey(numbers.Id, KeyEncoder.Encode(3), record));
                break;
            case "extra entry":
                batch.Put(KeySpace.IndexKey(numbers.Id, KeyEncoder.Encode(99), record), Array.Empty<byte>());
                break;
            case "entry of another record":
                batch.Put(KeySpace.IndexKey(ids.Id, KeyEncoder.Encode(3), null), BitConverter.GetBytes(0L));
                break;
            case "deleted document":
                batch.Delete(document);
                break;
            case "invalid document":
                batch.Put(document, BsonEncoder.ToBytes(new BsonDocument("_id", 3))[..^1]);
                break;
        }

        engine.Write(batch);
    }

    private static string Name(IMongoCollection<BsonDocument> items) => items.CollectionNamespace.CollectionName;

    private async Task<int> DocumentsExaminedAsync(IMongoCollection<BsonDocument> items)
    {
        var explained = await RunAsync($"{{explain: {{find: '{Name(items)}', filter: {{n: 7}}}}, verbosity: 'executionStats'}}");
        return explained["executionStats"]["totalDocsExamined"].ToInt32();
    }

    private async Task<IMongoCollection<BsonDocument>> CreateIndexedAsync()
    {
        var items = server.NewCollection();
        await items.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{n: 1}"));
        return items;
    }

    private Task<BsonDocument> RunAsync(string command) => server.Database.RunCommandAsync<BsonDocument>(Json.Document(command));

    private Task<MongoCommandException> FailAsync(string command) => Assert.ThrowsAsync<MongoCommandException>(() => RunAsync(command));
}
