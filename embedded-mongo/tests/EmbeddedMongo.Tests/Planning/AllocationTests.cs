using EmbeddedMongo.Bson;
using EmbeddedMongo.Indexes;
using EmbeddedMongo.Planning;
using EmbeddedMongo.Query;
using EmbeddedMongo.Query.Projecting;
using EmbeddedMongo.Storage;
using MongoDB.Bson;

namespace EmbeddedMongo.Tests.Planning;

/// <summary>The memory that a query allocates depends on what it returns, not on what it examines.</summary>
[Collection(NonParallelCollection.Name)]
public sealed class AllocationTests : IAsyncLifetime
{
    private const int Count = 2_000;

    private readonly StorageEngine _engine = StorageEngine.Open(new EmbeddedMongoOptions());
    private Collection _movies = null!;

    public ValueTask InitializeAsync()
    {
        var catalog = Catalog.Load(_engine);
        _movies = catalog.Create("test", "movies", [], failIfExists: true);
        using var unit = new WriteUnit(_movies);
        foreach (var key in (string[])["title", "rating", "year", "words", "genre"])
        {
            var definition = new BsonDocument
            {
                {
                    "key",
                    new BsonDocument { { key, 1 }, { "_id", 1 } }
                },
                { "name", key },
            };
            unit.Use(unit.State.WithAdded(new IndexSpec(catalog.TakeIndexId(), definition, null)));
        }

        for (var id = 0; id < Count; id++)
        {
            unit.Insert(
                BsonEncoder.ToBytes(
                    new BsonDocument
                    {
                        { "_id", id },
                        { "title", $"Movie {id}" },
                        { "genre", $"genre {id % 10}" },
                        {
                            "words",
                            new BsonArray { "movie", $"{id}" }
                        },
                        { "plot", new string('x', 1000) },
                        { "tags", new BsonArray(Enumerable.Range(0, 20)) },
                    }
                )
            );
        }

        unit.Commit();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public void Find_by_20_ids_does_not_allocate_per_index() =>
        Assert.InRange(
            Measure(new BsonDocument("_id", new BsonDocument("$in", new BsonArray(Enumerable.Range(100, 20)))), null, 20),
            0,
            16_000
        );

    [Fact]
    public void Projected_search_does_not_build_rejected_candidates()
    {
        var filter = BsonDocument.Parse("{words: /^199/, tags: {$gte: 0}, deletedAt: null}");
        Assert.InRange(Measure(filter, BsonDocument.Parse("{title: 1, plot: 1}"), 11), 0, 16_000);
    }

    /// <summary>Returns the bytes allocated by planning a query and reading its rows.</summary>
    private long Measure(BsonDocument filter, BsonDocument? projection, int expectedCount)
    {
        var parsed = MatchParser.Parse(filter, MatchContext.Default);
        var query = new FindQuery(parsed)
        {
            Projection = projection is null ? null : ProjectionParser.Parse(projection, parsed, MatchContext.Default),
            Hint = projection is null ? null : new BsonDocument("$natural", 1),
        };
        Assert.Equal(expectedCount, Read(query));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Read(query);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private int Read(FindQuery query)
    {
        using var rows = FindRows.Open(CollectionSnapshot.Take(_movies)!, query, static () => { });
        var count = 0;
        while (rows.MoveNext())
            count += rows.Current.Length > 0 ? 1 : 0;

        return count;
    }
}
