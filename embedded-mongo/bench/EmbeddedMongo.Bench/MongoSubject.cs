using System.Diagnostics;
using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Bench;

/// <summary>A server under test, accessed with the driver. Uses its own database, which is dropped at the end.</summary>
internal sealed class MongoSubject : IAsyncDisposable
{
    private const int Documents = 100_000;
    private const int Foreign = 10_000;

    private readonly IMongoDatabase _database;
    private readonly IMongoCollection<BsonDocument> _items;
    private int _inserted;
    private bool _hasOwners;

    public MongoSubject(string connection)
    {
        _database = new MongoClient(connection).GetDatabase($"bench_{Guid.NewGuid():N}");
        _items = _database.GetCollection<BsonDocument>("items");
    }

    /// <summary>The measurements in order. Later ones read the documents that earlier ones inserted.</summary>
    public static IReadOnlyList<(string Name, string Unit, Func<MongoSubject, Task<double>> Measure)> Measures { get; } =
    [
        ("single inserts, docs/s", "/s", subject => subject.InsertSinglesAsync()),
        ("inserts in batches of 1,000, docs/s", "/s", subject => subject.InsertBatchesAsync()),
        ("find by _id, sequential, /s", "/s", subject => Rates.MeasureSequentialAsync(2000, i => FindAsync(subject._items, i))),
        ("find by _id, 16 concurrent, /s", "/s", subject => Rates.MeasureParallelAsync(8000, i => FindAsync(subject._items, i))),
        ("indexed range, sort, limit 20, /s", "/s", subject => Rates.MeasureSequentialAsync(1000, subject.RangeAsync)),
        ("$group over 100,000 documents, ms", "ms", subject => Rates.MeasureBestAsync(3, subject.GroupAsync)),
        ("$lookup for 10,000 documents, ms", "ms", subject => subject.LookupAsync()),
    ];

    public static Task<BsonDocument> FindAsync(IMongoCollection<BsonDocument> items, int i) =>
        items.Find(new BsonDocument("_id", MongoBench.Item(i)["_id"])).FirstOrDefaultAsync();

    public async ValueTask DisposeAsync() => await _database.Client.DropDatabaseAsync(_database.DatabaseNamespace.DatabaseName);

    private async Task<double> InsertSinglesAsync()
    {
        var singles = _database.GetCollection<BsonDocument>($"singles{Guid.NewGuid():N}");
        await singles.InsertOneAsync(new BsonDocument());
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 1000; i++)
            await singles.InsertOneAsync(MongoBench.Item(i));

        return 1000 / clock.Elapsed.TotalSeconds;
    }

    /// <summary>Inserts a third of the documents in each of the three rounds. The time to create the documents is not measured.</summary>
    private async Task<double> InsertBatchesAsync()
    {
        if (_inserted == 0)
            await _items.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{owner: 1, rank: 1}"));

        var clock = new Stopwatch();
        var end = _inserted + (Documents / 3 / 1000 * 1000);
        end = end > Documents - 2000 ? Documents : end;
        var count = end - _inserted;
        for (; _inserted < end; _inserted += 1000)
        {
            var batch = Enumerable.Range(_inserted, 1000).Select(MongoBench.Item).ToList();
            clock.Start();
            await _items.InsertManyAsync(batch, new InsertManyOptions { IsOrdered = false });
            clock.Stop();
        }

        return count / clock.Elapsed.TotalSeconds;
    }

    private Task RangeAsync(int i) =>
        _items
            .Find(new BsonDocument { { "owner", i % 1000 }, { "rank", new BsonDocument("$gte", 1000) } })
            .Sort("{rank: -1}")
            .Limit(20)
            .ToListAsync();

    private Task GroupAsync() =>
        _items
            .Aggregate<BsonDocument>(
                new BsonDocument[]
                {
                    new(
                        "$group",
                        new BsonDocument
                        {
                            { "_id", "$priority" },
                            { "n", new BsonDocument("$sum", 1) },
                            { "mean", new BsonDocument("$avg", "$rank") },
                        }
                    ),
                }
            )
            .ToListAsync();

    private async Task<double> LookupAsync()
    {
        if (!_hasOwners)
        {
            await _database
                .GetCollection<BsonDocument>("owners")
                .InsertManyAsync(Enumerable.Range(0, Foreign).Select(i => new BsonDocument { { "_id", i }, { "name", $"owner {i}" } }));
            _hasOwners = true;
        }

        return await Rates.MeasureBestAsync(
            3,
            () =>
                _items
                    .Aggregate<BsonDocument>(
                        new BsonDocument[]
                        {
                            new("$match", new BsonDocument("rank", new BsonDocument("$lt", Foreign))),
                            new(
                                "$lookup",
                                new BsonDocument
                                {
                                    { "from", "owners" },
                                    { "localField", "owner" },
                                    { "foreignField", "_id" },
                                    { "as", "owners" },
                                }
                            ),
                            new("$match", new BsonDocument("owners.name", new BsonDocument("$exists", true))),
                            new("$count", "n"),
                        }
                    )
                    .ToListAsync()
        );
    }
}
