using EmbeddedMongo.Tests.Clients;
using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Storage;

public sealed class CappedCollectionTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Theory]
    [InlineData("capped: true", 72)]
    [InlineData("size: 1000", 72)]
    [InlineData("max: 5", 72)]
    [InlineData("capped: false, size: 1000", 72)]
    [InlineData("capped: true, size: 0", 51024)]
    [InlineData("capped: true, size: -5", 51024)]
    [InlineData("capped: true, size: NumberLong('1125899906842625')", 51024)]
    [InlineData("capped: true, size: 1000, max: NumberLong('2147483648')", 51024)]
    [InlineData("capped: true, size: 'big'", 14)]
    [InlineData("capped: 'yes', size: 1000", 14)]
    public async Task Invalid_limits_are_rejected(string options, int code)
    {
        Assert.Equal(code, (await FailAsync($"{{create: 'never', {options}}}")).Code);
        Assert.DoesNotContain("never", await (await server.Database.ListCollectionNamesAsync()).ToListAsync());
    }

    [Fact]
    public async Task Size_is_rounded_up_and_the_limits_are_listed()
    {
        var items = await CreateAsync(size: 1001, max: 7);
        var filter = new ListCollectionsOptions { Filter = new BsonDocument("name", Name(items)) };
        var listed = await (await server.Database.ListCollectionsAsync(filter)).SingleAsync();
        Assert.Equal(Json.Document("{capped: true, size: 1024, max: 7}"), listed["options"]);

        var stats = await RunAsync($"{{collStats: '{Name(items)}'}}");
        Assert.True(stats["capped"].AsBoolean);
        Assert.Equal((7, 1024), (stats["max"].ToInt32(), stats["maxSize"].ToInt32()));

        // The same options again are no conflict; others are.
        await RunAsync($"{{create: '{Name(items)}', capped: true, size: 1000, max: 7}}");
        Assert.Equal(48, (await FailAsync($"{{create: '{Name(items)}', capped: true, size: 1000, max: 8}}")).Code);
        Assert.Equal(48, (await FailAsync($"{{create: '{Name(items)}'}}")).Code);
    }

    [Fact]
    public async Task Changed_limits_keep_the_collation()
    {
        var name = server.NewCollection().CollectionNamespace.CollectionName;
        await RunAsync($"{{create: '{name}', capped: true, size: 4096, collation: {{locale: 'en', strength: 2}}}}");
        await RunAsync($"{{collMod: '{name}', cappedMax: 5}}");
        await RunAsync($"{{convertToCapped: '{name}', size: 8192}}");

        var filter = new ListCollectionsOptions { Filter = new BsonDocument("name", name) };
        var options = (await (await server.Database.ListCollectionsAsync(filter)).SingleAsync())["options"].AsBsonDocument;
        Assert.Equal(8192, options["size"].ToInt32());
        Assert.Equal(2, options["collation"]["strength"].ToInt32());
        var items = server.Database.GetCollection<BsonDocument>(name);
        await items.InsertOneAsync(new BsonDocument("name", "Metropolis"));
        Assert.Equal(1, await items.CountDocumentsAsync("{name: 'METROPOLIS'}"));
    }

    [Fact]
    public async Task Oldest_documents_are_removed_when_there_are_too_many()
    {
        var items = await CreateAsync(size: 100_000, max: 3);
        await items.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{n: 1}"));
        foreach (var id in Enumerable.Range(1, 5))
            await items.InsertOneAsync(Document(id));

        Assert.Equal([3, 4, 5], await IdsAsync(items.Find("{}")));
        Assert.Equal(3, await items.CountDocumentsAsync("{}"));
        Assert.Equal(3, await items.EstimatedDocumentCountAsync());
        Assert.Equal(0, await items.CountDocumentsAsync("{n: 1}"));
        Assert.Equal([3, 4, 5], await IdsAsync(items.Find("{}", new FindOptions { Hint = "n_1" })));
        await AssertValidAsync(items);

        // The key of a removed document is free again.
        await items.InsertOneAsync(Document(1));
        Assert.Equal([4, 5, 1], await IdsAsync(items.Find("{}")));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(3_000)]
    public async Task One_batch_may_replace_all_documents_and_exceed_the_limit(int count)
    {
        var items = await CreateAsync(size: 100_000_000, max: 4);
        await items.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{n: 1}", new CreateIndexOptions { Unique = true }));
        await items.InsertManyAsync(Enumerable.Range(-3, 3).Select(Document));
        await items.InsertManyAsync(Enumerable.Range(0, count).Select(id => Document(id).Add("text", new string('x', 5_000))));

        Assert.Equal(Enumerable.Range(count - 4, 4), await IdsAsync(items.Find("{}")));
        await AssertValidAsync(items);
    }

    [Fact]
    public async Task Oldest_documents_are_removed_when_the_size_is_exceeded()
    {
        var items = await CreateAsync(size: 10_240);
        for (var id = 0; id < 100; id++)
            await items.InsertOneAsync(Document(id).Add("text", new string('x', 970)));

        var ids = await IdsAsync(items.Find("{}"));
        Assert.Equal(Enumerable.Range(90, 10), ids);
        Assert.InRange((await RunAsync($"{{collStats: '{Name(items)}'}}"))["size"].ToInt64(), 9_000, 10_240);
        await AssertValidAsync(items);

        var error = await Assert.ThrowsAsync<MongoWriteException>(() =>
            items.InsertOneAsync(new BsonDocument("text", new string('x', 10_240)))
        );
        Assert.Equal(2, error.WriteError.Code);
        Assert.Equal(10, await items.CountDocumentsAsync("{}"));
    }

    [Fact]
    public async Task Rejected_insert_removes_nothing()
    {
        var items = await CreateAsync(size: 100_000, max: 2);
        await items.InsertManyAsync([Document(1), Document(2)]);

        await Assert.ThrowsAsync<MongoWriteException>(() => items.InsertOneAsync(Document(1)));

        Assert.Equal([1, 2], await IdsAsync(items.Find("{}")));
    }

    [Fact]
    public async Task Documents_may_grow_and_be_deleted()
    {
        var items = await CreateAsync(size: 4_096, max: 10);
        await items.InsertManyAsync(Enumerable.Range(0, 5).Select(Document));

        Assert.Equal(1, (await items.DeleteOneAsync("{_id: 2}")).DeletedCount);
        await items.UpdateOneAsync("{_id: 3}", new BsonDocument("$set", new BsonDocument("text", new string('x', 4_010))));
        Assert.Equal([0, 1, 3, 4], await IdsAsync(items.Find("{}")));

        // The next insert enforces the limits again.
        await items.InsertOneAsync(Document(5));
        Assert.Equal([3, 4, 5], await IdsAsync(items.Find("{}")));
        await items.UpdateOneAsync("{_id: 6}", "{$set: {text: 'upserted'}}", new UpdateOptions { IsUpsert = true });
        await items.InsertOneAsync(Document(7).Add("text", new string('y', 300)));
        Assert.Equal([4, 5, 6, 7], await IdsAsync(items.Find("{}")));
        await AssertValidAsync(items);
    }

    [Fact]
    public async Task Upserts_of_one_command_remove_documents_that_it_has_changed()
    {
        var items = await CreateAsync(size: 100_000, max: 2);
        await items.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{n: 1}"));
        await items.InsertManyAsync([Document(1), Document(2)]);

        await items.BulkWriteAsync([
            new UpdateOneModel<BsonDocument>("{_id: 1}", "{$set: {n: 100}}"),
            new UpdateOneModel<BsonDocument>("{_id: 3}", "{$set: {n: 3}}") { IsUpsert = true },
        ]);

        Assert.Equal([2, 3], await IdsAsync(items.Find("{}")));
        Assert.Equal(0, await items.CountDocumentsAsync("{n: 100}"));
        await AssertValidAsync(items);
    }

    [Fact]
    public async Task Natural_order_is_the_order_of_inserts()
    {
        var capped = await CreateAsync(size: 100_000, max: 3);
        foreach (var items in (IMongoCollection<BsonDocument>[])[capped, server.NewCollection()])
        {
            await items.InsertManyAsync(((int[])[9, 5, 7]).Select(Document));
            await items.UpdateOneAsync("{_id: 9}", "{$set: {text: 'longer than before'}}");

            Assert.Equal([9, 5, 7], await IdsAsync(items.Find("{}")));
            Assert.Equal([9, 5, 7], await IdsAsync(items.Find("{}").Sort("{$natural: 1}")));
            Assert.Equal([7, 5, 9], await IdsAsync(items.Find("{}").Sort("{$natural: -1}")));
            Assert.Equal([7, 5], await IdsAsync(items.Find("{_id: {$in: [5, 7, 8]}}").Sort("{$natural: -1}")));
            Assert.Equal([5], await IdsAsync(items.Find("{}").Sort("{$natural: -1}").Skip(1).Limit(1)));
            Assert.Equal([9, 5, 7], await IdsAsync(items.Find("{}", new FindOptions { Hint = Json.Document("{$natural: 1}") })));
            Assert.Equal([7, 5, 9], await IdsAsync(items.Find("{}", new FindOptions { Hint = Json.Document("{$natural: -1}") })));
        }
    }

    [Fact]
    public async Task Renamed_collection_stays_capped()
    {
        var items = await CreateAsync(size: 100_000, max: 2);
        await items.InsertManyAsync([Document(1), Document(2)]);
        await server.Database.RenameCollectionAsync(Name(items), Name(items) + "-renamed");
        var renamed = server.Database.GetCollection<BsonDocument>(Name(items) + "-renamed");

        await renamed.InsertOneAsync(Document(3));

        Assert.Equal([2, 3], await IdsAsync(renamed.Find("{}")));
    }

    [Fact]
    public async Task Limits_survive_a_restart()
    {
        var directory = Directory.CreateTempSubdirectory("embedded-mongo-capped-").FullName;
        try
        {
            await using (var first = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { DataDirectory = directory }))
            {
                var database = new MongoClient(first.ConnectionString).GetDatabase("capped");
                await database.CreateCollectionAsync(
                    "c",
                    new CreateCollectionOptions
                    {
                        Capped = true,
                        MaxSize = 5_000,
                        MaxDocuments = 3,
                    }
                );
                await database.GetCollection<BsonDocument>("c").InsertManyAsync(Enumerable.Range(0, 5).Select(Document));
            }

            await using var second = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { DataDirectory = directory });
            var items = new MongoClient(second.ConnectionString).GetDatabase("capped").GetCollection<BsonDocument>("c");
            await items.InsertOneAsync(Document(5));
            Assert.Equal([3, 4, 5], await IdsAsync(items.Find("{}")));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Insert_and_removal_are_atomic_when_the_server_is_killed()
    {
        var directory = Directory.CreateTempSubdirectory("embedded-mongo-capped-").FullName;
        try
        {
            await using (var host = await HostProcess.StartAsync(directory))
            {
                var database = new MongoClient(host.ConnectionString).GetDatabase("capped");
                await database.CreateCollectionAsync(
                    "c",
                    new CreateCollectionOptions
                    {
                        Capped = true,
                        MaxSize = 500_000,
                        MaxDocuments = 7,
                    }
                );
                var items = database.GetCollection<BsonDocument>("c");
                await items.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{n: 1}"));
                await items.InsertManyAsync(Enumerable.Range(0, 7).Select(Document));
                var inserting = Task.Run(async () =>
                {
                    for (var id = 7; ; id += 2)
                        await items.InsertManyAsync([Document(id), Document(id + 1)]);
                });
                while (await items.Find("{_id: {$gte: 100}}").AnyAsync() == false)
                    await Task.Delay(10);

                await host.KillAsync();
                await Assert.ThrowsAnyAsync<Exception>(() => inserting);
            }

            await using var again = await HostProcess.StartAsync(directory);
            var restarted = new MongoClient(again.ConnectionString).GetDatabase("capped");
            var ids = await IdsAsync(restarted.GetCollection<BsonDocument>("c").Find("{}"));
            Assert.Equal(Enumerable.Range(ids[0], 7), ids);
            var result = await restarted.RunCommandAsync<BsonDocument>("{validate: 'c'}");
            Assert.True(result["valid"].AsBoolean, result.ToString());
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Conversion_keeps_the_newest_documents_and_the_id_index()
    {
        var items = server.NewCollection();
        await items.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{n: 1}"));
        await items.InsertManyAsync(Enumerable.Range(0, 50).Select(id => Document(id).Add("text", new string('x', 70))));
        Assert.Equal(72, (await FailAsync($"{{convertToCapped: '{Name(items)}'}}")).Code);
        Assert.Equal(26, (await FailAsync("{convertToCapped: 'missing', size: 1000}")).Code);

        await RunAsync($"{{convertToCapped: '{Name(items)}', size: 1000}}");

        Assert.Equal(Enumerable.Range(40, 10), await IdsAsync(items.Find("{}")));
        Assert.Equal(["_id_"], (await (await items.Indexes.ListAsync()).ToListAsync()).Select(index => index["name"].AsString));
        await items.InsertOneAsync(Document(100).Add("text", new string('x', 70)));
        Assert.Equal(Enumerable.Range(41, 9).Append(100), await IdsAsync(items.Find("{}")));
        await AssertValidAsync(items);
    }

    [Fact]
    public async Task Limits_are_changed_by_collMod()
    {
        var items = await CreateAsync(size: 100_000, max: 5);
        await items.InsertManyAsync(Enumerable.Range(0, 5).Select(Document));
        await RunAsync($"{{collMod: '{Name(items)}', cappedMax: 2, cappedSize: 50001}}");
        Assert.Equal(5, await items.CountDocumentsAsync("{}"));

        await items.InsertOneAsync(Document(5));

        Assert.Equal([4, 5], await IdsAsync(items.Find("{}")));
        Assert.Equal(50_176, (await RunAsync($"{{collStats: '{Name(items)}'}}"))["maxSize"].ToInt32());
        Assert.Equal(72, (await FailAsync($"{{collMod: '{Name(await server.CreateCollectionAsync("[{}]"))}', cappedMax: 2}}")).Code);
    }

    [Fact]
    public async Task Expiry_index_is_rejected()
    {
        var items = await CreateAsync(size: 100_000);
        var command = $"{{createIndexes: '{Name(items)}', indexes: [{{key: {{at: 1}}, name: 'at', expireAfterSeconds: 5}}]}}";
        Assert.Equal(67, (await FailAsync(command)).Code);
    }

    [Fact]
    public async Task Concurrent_inserts_keep_the_limit_and_the_indexes()
    {
        var items = await CreateAsync(size: 1_000_000, max: 50);
        await items.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{n: 1}"));
        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(async lane =>
                {
                    for (var i = 0; i < 200; i++)
                        await items.InsertOneAsync(Document((lane * 1_000) + i));
                })
        );

        var ids = await IdsAsync(items.Find("{}"));
        Assert.Equal(50, ids.Count);
        Assert.Equal(ids.Order(), await IdsAsync(items.Find("{n: {$gte: 0}}").Sort("{n: 1}")));
        await AssertValidAsync(items);
    }

    private static BsonDocument Document(int id) => new() { { "_id", id }, { "n", id } };

    private static string Name(IMongoCollection<BsonDocument> items) => items.CollectionNamespace.CollectionName;

    private static async Task<List<int>> IdsAsync(IFindFluent<BsonDocument, BsonDocument> find) =>
        (await find.ToListAsync()).ConvertAll(document => document["_id"].AsInt32);

    private async Task AssertValidAsync(IMongoCollection<BsonDocument> items)
    {
        var result = await RunAsync($"{{validate: '{Name(items)}'}}");
        Assert.True(result["valid"].AsBoolean, result.ToString());
    }

    private async Task<IMongoCollection<BsonDocument>> CreateAsync(long size, long? max = null)
    {
        var items = server.NewCollection();
        var options = new CreateCollectionOptions
        {
            Capped = true,
            MaxSize = size,
            MaxDocuments = max,
        };
        await server.Database.CreateCollectionAsync(Name(items), options);
        return items;
    }

    private Task<BsonDocument> RunAsync(string command) => server.Database.RunCommandAsync<BsonDocument>(Json.Document(command));

    private Task<MongoCommandException> FailAsync(string command) => Assert.ThrowsAsync<MongoCommandException>(() => RunAsync(command));
}
