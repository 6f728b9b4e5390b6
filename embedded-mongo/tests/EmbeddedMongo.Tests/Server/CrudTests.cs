using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Server;

public sealed class CrudTests : IAsyncLifetime
{
    private EmbeddedMongoServer _server = null!;
    private IMongoDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await EmbeddedMongoServer.StartAsync();
        _database = new MongoClient(_server.ConnectionString).GetDatabase("crud");
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Inserted_documents_are_found_by_id_and_by_field()
    {
        var movies = _database.GetCollection<BsonDocument>("movies");
        await movies.InsertManyAsync(Enumerable.Range(0, 250).Select(i => new BsonDocument { { "_id", i }, { "year", 1900 + (i % 50) } }));
        Assert.Equal(1903, (await movies.Find(new BsonDocument("_id", 3)).SingleAsync())["year"]);
        Assert.Equal(
            [7, 57, 107, 157, 207],
            (await movies.Find(new BsonDocument("year", 1907)).ToListAsync()).Select(d => d["_id"].AsInt32)
        );
        Assert.Equal(250, (await movies.Find(new BsonDocument()).ToListAsync()).Count);
        Assert.Equal(5, await movies.CountDocumentsAsync(new BsonDocument("year", 1907)));
        Assert.Equal(250, await movies.EstimatedDocumentCountAsync());
        Assert.Equal(50, (await movies.DistinctAsync<int>("year", new BsonDocument())).ToList().Count);
    }

    [Fact]
    public async Task Duplicate_key_error_names_the_index_pattern_and_value()
    {
        var users = _database.GetCollection<BsonDocument>("users");
        await users.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{email: 1}", new CreateIndexOptions { Unique = true }));
        await users.InsertOneAsync(new BsonDocument { { "_id", 1 }, { "email", "a@x.org" } });
        var error = await Assert.ThrowsAsync<MongoWriteException>(() =>
            users.InsertOneAsync(new BsonDocument { { "_id", 2 }, { "email", "a@x.org" } })
        );
        Assert.Equal(ServerErrorCategory.DuplicateKey, error.WriteError.Category);
        Assert.Contains("index: email_1 dup key: { email: \"a@x.org\" }", error.WriteError.Message, StringComparison.Ordinal);
        Assert.Equal(1, await users.CountDocumentsAsync(new BsonDocument()));
    }

    [Fact]
    public async Task Unordered_batch_continues_after_an_error_and_ordered_batch_stops()
    {
        var items = _database.GetCollection<BsonDocument>("batches");
        BsonDocument[] batch = [new("_id", 1), new("_id", 1), new("_id", 2)];
        var unordered = await Assert.ThrowsAsync<MongoBulkWriteException<BsonDocument>>(() =>
            items.InsertManyAsync(batch, new InsertManyOptions { IsOrdered = false })
        );
        Assert.Equal(1, Assert.Single(unordered.WriteErrors).Index);
        Assert.Equal(2, await items.CountDocumentsAsync(new BsonDocument()));
        await items.DeleteManyAsync(new BsonDocument());
        await Assert.ThrowsAsync<MongoBulkWriteException<BsonDocument>>(() => items.InsertManyAsync(batch));
        Assert.Equal(1, await items.CountDocumentsAsync(new BsonDocument()));
    }

    [Fact]
    public async Task Cursor_returns_all_documents_in_batches_and_closes()
    {
        var items = _database.GetCollection<BsonDocument>("cursor");
        await items.InsertManyAsync(
            Enumerable.Range(0, 1000).Select(i => new BsonDocument { { "_id", i }, { "text", new string('x', 1000) } })
        );
        var cursor = await items.FindAsync(new BsonDocument(), new FindOptions<BsonDocument> { BatchSize = 7 });
        Assert.Equal(Enumerable.Range(0, 1000), (await cursor.ToListAsync()).Select(d => d["_id"].AsInt32));
    }

    [Fact]
    public async Task Sort_skip_limit_and_projection_apply_in_this_order()
    {
        var items = _database.GetCollection<BsonDocument>("sorted");
        await items.InsertManyAsync(Enumerable.Range(0, 100).Select(i => new BsonDocument { { "_id", i }, { "n", (i * 37) % 100 } }));
        var found = await items.Find(new BsonDocument()).Sort("{n: -1}").Skip(10).Limit(3).Project("{n: 1, _id: 0}").ToListAsync();
        Assert.Equal([89, 88, 87], found.Select(d => d["n"].AsInt32));
        Assert.All(found, d => Assert.Equal(1, d.ElementCount));
    }

    [Fact]
    public async Task Databases_collections_and_indexes_are_listed()
    {
        await _database.CreateCollectionAsync("listed");
        var names = await (await _database.ListCollectionNamesAsync()).ToListAsync();
        Assert.Contains("listed", names);
        Assert.Contains("crud", await (await _database.Client.ListDatabaseNamesAsync()).ToListAsync());
        var indexes = await (await _database.GetCollection<BsonDocument>("listed").Indexes.ListAsync()).ToListAsync();
        Assert.Equal("_id_", Assert.Single(indexes)["name"]);
        await _database.DropCollectionAsync("listed");
        Assert.DoesNotContain("listed", await (await _database.ListCollectionNamesAsync()).ToListAsync());
    }

    [Fact]
    public async Task Unknown_commands_unknown_fields_and_transactions_are_rejected()
    {
        var unknown = await Assert.ThrowsAsync<MongoCommandException>(() => _database.RunCommandAsync<BsonDocument>("{mapReduced: 'x'}"));
        Assert.Equal((59, "CommandNotFound"), (unknown.Code, unknown.CodeName));
        var unsupported = await Assert.ThrowsAsync<MongoCommandException>(() =>
            _database.RunCommandAsync<BsonDocument>("{mapReduce: 'x'}")
        );
        Assert.Equal((115, "CommandNotSupported"), (unsupported.Code, unsupported.CodeName));
        var field = await Assert.ThrowsAsync<MongoCommandException>(() => _database.RunCommandAsync<BsonDocument>("{find: 'x', wrong: 1}"));
        Assert.Equal(40415, field.Code);
        var transaction = await Assert.ThrowsAsync<MongoCommandException>(() =>
            _database.RunCommandAsync<BsonDocument>("{find: 'x', txnNumber: NumberLong(1), startTransaction: true}")
        );
        Assert.Equal(20, transaction.Code);
    }
}
