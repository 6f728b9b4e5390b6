using System.Collections.Concurrent;
using System.Security.Cryptography;
using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Storage;

public sealed class DurabilityTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("embedded-mongo-durability-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Acknowledged_writes_survive_a_kill_and_writes_are_atomic()
    {
        var kills = TestScale.IsFull ? 50 : 3;
        var acknowledged = new ConcurrentDictionary<int, int>();
        var random = new Random(kills);
        var next = 0;
        for (var kill = 0; kill < kills; kill++)
        {
            await using (var host = await HostProcess.StartAsync(_directory))
            {
                var items = Collection(host);
                await VerifyAsync(items, acknowledged);
                await items.Indexes.CreateManyAsync([new("{lane: 1, n: 1}"), new("{tags: 1}")]);
                var lanes = Enumerable
                    .Range(0, 4)
                    .Select(lane => WriteAsync(items, acknowledged, lane, () => Interlocked.Increment(ref next)))
                    .ToList();
                await Task.Delay(random.Next(30, 400));
                await host.KillAsync();
                await Task.WhenAll(lanes);
            }
        }

        await using var last = await HostProcess.StartAsync(_directory);
        await VerifyAsync(Collection(last), acknowledged);
        Assert.True(acknowledged.Count > kills, "the load must write documents between the kills");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_torn_last_record_is_dropped_and_earlier_records_are_kept(bool garbage)
    {
        await using (var host = await HostProcess.StartAsync(_directory))
        {
            var items = Collection(host);
            for (var i = 0; i < 100; i++)
                await items.InsertOneAsync(new BsonDocument { { "_id", i }, { "text", new string('x', 200) } });

            await host.KillAsync();
        }

        var log = Directory.GetFiles(_directory, "*.log").OrderBy(f => f, StringComparer.Ordinal).Last(f => new FileInfo(f).Length > 0);
        await using (var file = File.OpenWrite(log))
        {
            if (garbage)
            {
                var bytes = RandomNumberGenerator.GetBytes(77);
                // The seventh byte is the type of the record. RocksDB 11.12 never returns from opening a log that ends with type 131.
                bytes[6] &= 0x7F;
                file.Seek(0, SeekOrigin.End);
                file.Write(bytes);
            }
            else
            {
                file.SetLength(file.Length - 60);
            }
        }

        await using var again = await HostProcess.StartAsync(_directory);
        var found = await Collection(again).Find("{}").ToListAsync();
        Assert.Equal(Enumerable.Range(0, garbage ? 100 : 99), found.Select(d => d["_id"].AsInt32));
        await Collection(again).InsertOneAsync(new BsonDocument("_id", 1000));
    }

    [Fact]
    public async Task A_folder_is_locked_to_one_process()
    {
        await using var first = await HostProcess.StartAsync(_directory);
        await using var second = await HostProcess.StartAsync(_directory);
        var (code, message) = await second.WaitForExitAsync();
        Assert.Equal(1, code);
        Assert.Contains("in use by another process", message, StringComparison.Ordinal);
        Assert.Single(message.Trim().Split('\n'));
    }

    private static IMongoCollection<BsonDocument> Collection(HostProcess host)
    {
        var settings = MongoClientSettings.FromConnectionString(host.ConnectionString);
        settings.ServerSelectionTimeout = TimeSpan.FromSeconds(5);
        return new MongoClient(settings).GetDatabase("durable").GetCollection<BsonDocument>("items");
    }

    private static async Task WriteAsync(
        IMongoCollection<BsonDocument> items,
        ConcurrentDictionary<int, int> acknowledged,
        int lane,
        Func<int> next
    )
    {
        try
        {
            while (true)
            {
                var batch = Enumerable.Range(0, lane + 1).Select(_ => next()).ToList();
                await items.InsertManyAsync(batch.Select(id => Document(id, lane, 0)));
                batch.ForEach(id => acknowledged[id] = 0);
                await items.UpdateOneAsync(
                    new BsonDocument("_id", batch[0]),
                    new BsonDocument("$set", new BsonDocument { { "n", 1 }, { "check", Check(batch[0], 1) } })
                );
                acknowledged[batch[0]] = 1;
            }
        }
        catch (Exception error) when (error is MongoException or TimeoutException)
        {
            // The server was killed. Unacknowledged writes may or may not be stored.
        }
    }

    private static async Task VerifyAsync(IMongoCollection<BsonDocument> items, ConcurrentDictionary<int, int> acknowledged)
    {
        var stored = (await items.Find("{}").ToListAsync()).ToDictionary(d => d["_id"].AsInt32);
        foreach (var (id, n) in acknowledged)
        {
            Assert.True(stored.TryGetValue(id, out var document), $"acknowledged document {id} is missing");
            Assert.True(document["n"].AsInt32 >= n, $"acknowledged update of {id} is missing");
        }

        foreach (var document in stored.Values)
            Assert.Equal(Check(document["_id"].AsInt32, document["n"].AsInt32), document["check"].AsString);

        if (stored.Count > 0)
        {
            // Documents and their index entries are written atomically.
            foreach (var index in (string[])["{lane: 1, n: 1}", "{tags: 1}"])
            {
                var byIndex = await items.Find("{}", new FindOptions { Hint = BsonDocument.Parse(index) }).ToListAsync();
                Assert.Equal(stored.Keys.Order(), byIndex.Select(d => d["_id"].AsInt32).Order());
            }
        }
    }

    private static BsonDocument Document(int id, int lane, int n) =>
        new()
        {
            { "_id", id },
            { "lane", lane },
            { "n", n },
            { "check", Check(id, n) },
            {
                "tags",
                new BsonArray { $"t{id % 5}", $"u{id % 7}" }
            },
            { "padding", new string((char)('a' + (id % 26)), 50 + (id * 37 % 2000)) },
        };

    private static string Check(int id, int n) => Convert.ToHexString(SHA256.HashData(BitConverter.GetBytes(((long)id << 8) + n)));
}
