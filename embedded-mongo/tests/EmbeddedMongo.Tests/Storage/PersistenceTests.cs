using EmbeddedMongo.Storage;
using Microsoft.Extensions.Time.Testing;
using MongoDB.Bson;
using MongoDB.Driver;
using RocksDbSharp;

namespace EmbeddedMongo.Tests.Storage;

public sealed class PersistenceTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("embedded-mongo-persistence-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Documents_indexes_and_counts_survive_a_restart()
    {
        await using (var server = await StartAsync())
        {
            var items = Items(server);
            await items.Indexes.CreateOneAsync(
                new CreateIndexModel<BsonDocument>("{a: 1}", new CreateIndexOptions { Unique = true, Name = "by_a" })
            );
            await items.InsertManyAsync(Enumerable.Range(0, 500).Select(i => new BsonDocument { { "_id", i }, { "a", i * 2 } }));
            await items.DeleteManyAsync("{_id: {$gte: 400}}");
        }

        await using (var server = await StartAsync())
        {
            var items = Items(server);
            Assert.Equal(400, await items.EstimatedDocumentCountAsync());
            Assert.Equal(7, (await items.Find("{a: 14}").SingleAsync())["_id"]);
            await items.InsertOneAsync(new BsonDocument { { "_id", 1000 }, { "a", -1 } });
            await Assert.ThrowsAsync<MongoWriteException>(() => items.InsertOneAsync(new BsonDocument { { "_id", 1001 }, { "a", 14 } }));
            Assert.Equal(1000, (await items.Find("{}").ToListAsync())[^1]["_id"]);
            Assert.Equal(["_id_", "by_a"], (await (await items.Indexes.ListAsync()).ToListAsync()).Select(d => d["name"].AsString));
        }
    }

    [Fact]
    public async Task A_folder_with_another_format_is_rejected()
    {
        await using (await StartAsync()) { }

        await using (var engine = StorageEngine.Open(new EmbeddedMongoOptions { DataDirectory = _directory }))
        {
            using var batch = new WriteBatch();
            batch.Put(KeySpace.VersionKey, BitConverter.GetBytes(99));
            engine.Write(batch);
        }

        var error = await Assert.ThrowsAsync<EmbeddedMongoException>(StartAsync);
        Assert.Contains("format version 99", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_or_port_in_use_is_rejected()
    {
        await using var server = await StartAsync();
        Assert.Contains("in use", (await Assert.ThrowsAsync<EmbeddedMongoException>(StartAsync)).Message, StringComparison.Ordinal);
        var port = await Assert.ThrowsAsync<EmbeddedMongoException>(() =>
            EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { Port = server.Port })
        );
        Assert.Contains($"Port {server.Port}", port.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Documents_are_deleted_after_they_expire()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { TimeProvider = clock });
        var items = Items(server);
        await items.Indexes.CreateOneAsync(
            new CreateIndexModel<BsonDocument>("{at: 1}", new CreateIndexOptions { ExpireAfter = TimeSpan.FromMinutes(10) })
        );
        var now = clock.GetUtcNow().UtcDateTime;
        await items.InsertManyAsync([
            new() { { "_id", 1 }, { "at", now.AddMinutes(-11) } },
            new() { { "_id", 2 }, { "at", now } },
            new() { { "_id", 3 }, { "at", "no date" } },
            new("_id", 4),
            new()
            {
                { "_id", 5 },
                {
                    "at",
                    new BsonArray { now, now.AddHours(-1) }
                },
            },
        ]);
        clock.Advance(TimeSpan.FromSeconds(61));
        server.SweepExpired();
        Assert.Equal([2, 3, 4], (await items.Find("{}").ToListAsync()).Select(d => d["_id"].AsInt32));
        clock.Advance(TimeSpan.FromMinutes(10));
        server.SweepExpired();
        Assert.Equal([3, 4], (await items.Find("{}").ToListAsync()).Select(d => d["_id"].AsInt32));
    }

    [Fact]
    public async Task Idle_cursors_are_closed_after_the_timeout()
    {
        var clock = new FakeTimeProvider();
        await using var server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { TimeProvider = clock });
        var items = Items(server);
        await items.InsertManyAsync(Enumerable.Range(0, 100).Select(i => new BsonDocument("_id", i)));
        using var cursor = await items.FindAsync("{}", new FindOptions<BsonDocument> { BatchSize = 10 });
        await cursor.MoveNextAsync();
        clock.Advance(TimeSpan.FromMinutes(11));
        var error = await Assert.ThrowsAsync<MongoCursorNotFoundException>(async () =>
        {
            while (await cursor.MoveNextAsync())
                continue;
        });
        Assert.NotEqual(0, error.CursorId);
    }

    private Task<EmbeddedMongoServer> StartAsync() =>
        EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { DataDirectory = _directory });

    private static IMongoCollection<BsonDocument> Items(EmbeddedMongoServer server) =>
        new MongoClient(server.ConnectionString).GetDatabase("persistence").GetCollection<BsonDocument>("items");
}
