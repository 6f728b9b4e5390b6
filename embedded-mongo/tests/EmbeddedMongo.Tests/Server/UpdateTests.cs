using MongoDB.Bson;
using MongoDB.Driver;
using MongoDB.Driver.GridFS;

namespace EmbeddedMongo.Tests.Server;

public sealed class UpdateTests : IAsyncLifetime
{
    private EmbeddedMongoServer _server = null!;
    private IMongoDatabase _database = null!;
    private IMongoCollection<BsonDocument> _items = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await EmbeddedMongoServer.StartAsync();
        _database = new MongoClient(_server.ConnectionString).GetDatabase("updates");
        _items = _database.GetCollection<BsonDocument>("items");
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Update_many_reports_matched_and_modified()
    {
        await _items.InsertManyAsync(Enumerable.Range(0, 10).Select(i => new BsonDocument { { "_id", i }, { "n", i % 2 } }));
        var result = await _items.UpdateManyAsync("{n: {$gte: 0}}", "{$set: {n: 1}}");
        Assert.Equal((10, 5), (result.MatchedCount, result.ModifiedCount));
        Assert.Equal(10, await _items.CountDocumentsAsync("{n: 1}"));
    }

    [Fact]
    public async Task Upsert_inserts_the_filter_fields_once_and_returns_the_id()
    {
        var first = await _items.UpdateOneAsync(
            "{key: 'a'}",
            "{$inc: {n: 1}, $setOnInsert: {made: true}}",
            new UpdateOptions { IsUpsert = true }
        );
        var second = await _items.UpdateOneAsync("{key: 'a'}", "{$inc: {n: 1}}", new UpdateOptions { IsUpsert = true });
        Assert.NotNull(first.UpsertedId);
        Assert.Null(second.UpsertedId);
        var stored = await _items.Find("{key: 'a'}").SingleAsync();
        Assert.Equal((2, true), (stored["n"].AsInt32, stored["made"].AsBoolean));
    }

    [Fact]
    public async Task Statements_of_one_command_see_the_changes_of_earlier_ones()
    {
        await _items.Indexes.CreateOneAsync(
            new CreateIndexModel<BsonDocument>("{code: 1}", new CreateIndexOptions { Unique = true, Sparse = true })
        );
        await _items.InsertManyAsync([
            new BsonDocument { { "_id", 1 }, { "code", "a" } },
            new BsonDocument { { "_id", 2 }, { "code", "b" } },
        ]);
        var result = await _items.BulkWriteAsync([
            Update("{_id: 1}", "{$inc: {n: 1}}"),
            Update("{_id: 1}", "{$inc: {n: 1}}"),
            Update("{code: 'a'}", "{$inc: {n: 1}}"),
            Update("{_id: 1}", "{$set: {code: 'c'}}"),
            Update("{code: 'a'}", "{$set: {wrong: true}}"),
            Update("{_id: 2}", "{$set: {code: 'a'}}"),
            Update("{code: 'a'}", "{$inc: {n: 10}}"),
            Update("{n: {$gte: 1}}", "{$set: {seen: true}}", many: true),
            Update("{code: 'new'}", "{$inc: {n: 100}}", upsert: true),
            Update("{code: 'new'}", "{$inc: {n: 100}}", upsert: true),
            Update("{_id: 2}", "{$unset: {code: 1}}"),
            Update("{code: null}", "{$set: {lost: true}}", many: true),
        ]);
        Assert.Equal((11, 1), (result.MatchedCount, result.Upserts.Count));
        Assert.Equal(
            [
                BsonDocument.Parse("{_id: 1, code: 'c', n: 3, seen: true}"),
                BsonDocument.Parse("{_id: 2, lost: true, n: 10, seen: true}"),
                BsonDocument.Parse("{code: 'new', n: 200}"),
            ],
            (await _items.Find("{}").ToListAsync()).Select(Normalize)
        );
    }

    [Fact]
    public async Task A_failed_statement_of_a_command_keeps_the_earlier_changes()
    {
        await _items.InsertManyAsync(
            Enumerable.Range(0, 250).Select(i => new BsonDocument { { "_id", i }, { "n", i == 240 ? "text" : 0 } })
        );
        var updates = Enumerable.Range(0, 250).Select(i => Update($"{{_id: {i}}}", "{$inc: {n: 1}}"));
        var error = await Assert.ThrowsAsync<MongoBulkWriteException<BsonDocument>>(() => _items.BulkWriteAsync(updates));
        Assert.Equal(240, Assert.Single(error.WriteErrors).Index);
        Assert.Equal(240, await _items.CountDocumentsAsync("{n: 1}"));
        error = await Assert.ThrowsAsync<MongoBulkWriteException<BsonDocument>>(() =>
            _items.BulkWriteAsync(updates, new BulkWriteOptions { IsOrdered = false })
        );
        Assert.Equal(240, Assert.Single(error.WriteErrors).Index);
        Assert.Equal((240, 9), (await _items.CountDocumentsAsync("{n: 2}"), await _items.CountDocumentsAsync("{n: 1}")));
    }

    /// <summary>Removes a generated ID and sorts the fields.</summary>
    private static BsonDocument Normalize(BsonDocument document) =>
        new(document.Where(field => !field.Value.IsObjectId).OrderBy(field => field.Name, StringComparer.Ordinal));

    private static WriteModel<BsonDocument> Update(string filter, string update, bool many = false, bool upsert = false) =>
        many
            ? new UpdateManyModel<BsonDocument>(filter, update) { IsUpsert = upsert }
            : new UpdateOneModel<BsonDocument>(filter, update) { IsUpsert = upsert };

    [Fact]
    public async Task Concurrent_upserts_of_one_key_create_one_document()
    {
        await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(_ => _items.UpdateOneAsync("{key: 'same'}", "{$inc: {n: 1}}", new UpdateOptions { IsUpsert = true }))
        );
        Assert.Equal(50, (await _items.Find("{key: 'same'}").SingleAsync())["n"]);
    }

    [Fact]
    public async Task Find_one_and_update_returns_the_old_or_new_document()
    {
        await _items.InsertOneAsync(
            new BsonDocument
            {
                { "_id", 1 },
                { "n", 1 },
                { "secret", "x" },
            }
        );
        var before = await _items.FindOneAndUpdateAsync<BsonDocument>("{_id: 1}", "{$inc: {n: 1}}");
        var after = await _items.FindOneAndUpdateAsync<BsonDocument>(
            "{_id: 1}",
            "{$inc: {n: 1}}",
            new FindOneAndUpdateOptions<BsonDocument> { ReturnDocument = ReturnDocument.After, Projection = "{n: 1}" }
        );
        Assert.Equal(1, before["n"]);
        Assert.Equal(new BsonDocument { { "_id", 1 }, { "n", 3 } }, after);
        Assert.Equal(3, (await _items.FindOneAndDeleteAsync<BsonDocument>("{_id: 1}"))["n"]);
        Assert.Null(await _items.FindOneAndDeleteAsync<BsonDocument>("{_id: 1}"));
    }

    [Fact]
    public async Task Update_maintains_every_index()
    {
        await _items.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{tags: 1}"));
        await _items.InsertOneAsync(
            new BsonDocument
            {
                { "_id", 1 },
                {
                    "tags",
                    new BsonArray { "a", "b" }
                },
            }
        );
        await _items.UpdateOneAsync("{_id: 1}", "{$pull: {tags: 'a'}}");
        Assert.Equal(0, await _items.CountDocumentsAsync("{tags: 'a'}"));
        Assert.Equal(1, await _items.CountDocumentsAsync("{tags: 'b'}"));
        await _items.DeleteOneAsync("{_id: 1}");
        Assert.Equal(0, await _items.CountDocumentsAsync("{tags: 'b'}"));
    }

    [Fact]
    public async Task Changing_the_id_fails_with_error_66()
    {
        await _items.InsertOneAsync(new BsonDocument("_id", 1));
        var error = await Assert.ThrowsAsync<MongoWriteException>(() => _items.UpdateOneAsync("{_id: 1}", "{$set: {_id: 2}}"));
        Assert.Equal(66, error.WriteError.Code);
    }

    [Fact]
    public async Task GridFS_stores_lists_reads_and_deletes_a_file()
    {
        var bucket = new GridFSBucket(_database);
        var content = new byte[1_000_000];
        new Random(3).NextBytes(content);
        var id = await bucket.UploadFromBytesAsync(
            "reel.bin",
            content,
            new GridFSUploadOptions { Metadata = new BsonDocument("owner", "me") }
        );
        Assert.Equal(content, await bucket.DownloadAsBytesAsync(id));
        Assert.Equal(content, await bucket.DownloadAsBytesByNameAsync("reel.bin"));
        await bucket.RenameAsync(id, "other.bin");
        Assert.Equal("other.bin", (await (await bucket.FindAsync(Builders<GridFSFileInfo>.Filter.Empty)).SingleAsync()).Filename);
        await bucket.DeleteAsync(id);
        Assert.Equal(0, await _database.GetCollection<BsonDocument>("fs.chunks").CountDocumentsAsync("{}"));
    }
}
