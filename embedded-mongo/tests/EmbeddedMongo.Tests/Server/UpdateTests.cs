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
