using System.Globalization;
using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Planning;

/// <summary>With any index, a query returns the same documents as a collection scan, in the requested order.</summary>
public sealed class IndexAgreementTests : IAsyncLifetime
{
    private static readonly string[] Keys =
    [
        "{a: 1}",
        "{a: -1}",
        "{b: 1, a: 1}",
        "{a: 1, b: -1}",
        "{'a.x': 1}",
        "{b: 1}",
        "{c: 1, a: -1}",
        "{'b.y': -1, a: 1}",
        "{d: 1}",
    ];

    private EmbeddedMongoServer _server = null!;
    private IMongoDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await EmbeddedMongoServer.StartAsync();
        _database = new MongoClient(_server.ConnectionString).GetDatabase("agreement");
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Planned_queries_return_the_same_documents_as_a_collection_scan(int seed)
    {
        var random = new Random(seed);
        var rounds = TestScale.IsFull ? 40 : 4;
        for (var round = 0; round < rounds; round++)
        {
            var items = _database.GetCollection<BsonDocument>($"c{seed}_{round}");
            await items.InsertManyAsync(Enumerable.Range(0, 60).Select(i => Document(random, i)));
            foreach (var key in Keys.OrderBy(_ => random.Next()).Take(4))
            {
                var options = new CreateIndexOptions<BsonDocument> { Sparse = random.Next(5) == 0 };
                if (random.Next(5) == 0)
                {
                    options.Sparse = null;
                    options.PartialFilterExpression = "{a: {$gt: 2}}";
                }

                await TryCreateAsync(items, key, options);
            }

            for (var i = 0; i < 10; i++)
            {
                await TryUpdateAsync(
                    items,
                    Filter(random),
                    new BsonDocument("$set", new BsonDocument(random.Next(2) == 0 ? "a" : "c", Value(random, 0)))
                );
                await items.DeleteOneAsync(Filter(random));
            }

            for (var query = 0; query < 120; query++)
                await CompareAsync(items, Filter(random), Sort(random));
        }
    }

    private static async Task CompareAsync(IMongoCollection<BsonDocument> items, BsonDocument filter, BsonDocument? sort)
    {
        var scan = await items.Find(filter, new FindOptions { Hint = new BsonDocument("$natural", 1) }).ToListAsync();
        var planned = await items.Find(filter).Sort(sort).ToListAsync();
        Assert.True(
            Ids(scan).SetEquals(Ids(planned)) && scan.Count == planned.Count,
            $"{filter} on {await IndexesAsync(items)}: scan {Format(scan)}, planned {Format(planned)}"
        );
        Assert.Equal(scan.Count, await items.CountDocumentsAsync(filter));
        if (sort is not null)
        {
            var limited = await items.Find(filter).Sort(sort).Limit(5).ToListAsync();
            var sorted = await items
                .Aggregate<BsonDocument>(new BsonDocument[] { new("$match", filter), new("$unionWith", "nothing"), new("$sort", sort) })
                .ToListAsync();
            Assert.True(Ordered(sorted, sort).SequenceEqual(Ordered(planned, sort)), $"{filter} by {sort} on {await IndexesAsync(items)}");
            Assert.True(
                Ordered(sorted, sort).Take(5).SequenceEqual(Ordered(limited, sort)),
                $"{filter} by {sort} limited on {await IndexesAsync(items)}"
            );
        }
    }

    private static async Task TryCreateAsync(IMongoCollection<BsonDocument> items, string key, CreateIndexOptions<BsonDocument> options)
    {
        try
        {
            await items.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>(key, options));
        }
        catch (MongoCommandException error) when (error.Code == 171)
        {
            // A document has two arrays, which this key cannot index.
        }
    }

    private static async Task TryUpdateAsync(IMongoCollection<BsonDocument> items, BsonDocument filter, BsonDocument update)
    {
        try
        {
            await items.UpdateManyAsync(filter, update);
        }
        catch (MongoWriteException error) when (error.WriteError.Code == 171)
        {
            // The update would add a second array to an indexed document.
        }
    }

    // Documents with equal sort keys may be in any order, so only the keys are compared.
    private static IEnumerable<string> Ordered(IEnumerable<BsonDocument> documents, BsonDocument sort) =>
        documents.Select(d => string.Join('|', sort.Names.Select(name => d.GetValue(name.Split('.')[0], BsonNull.Value).ToString())));

    private static HashSet<int> Ids(IEnumerable<BsonDocument> documents) => [.. documents.Select(d => d["_id"].AsInt32)];

    private static string Format(IEnumerable<BsonDocument> documents) => string.Join(" ", documents.Select(d => d.ToJson()));

    private static async Task<string> IndexesAsync(IMongoCollection<BsonDocument> items) =>
        string.Join(" ", (await (await items.Indexes.ListAsync()).ToListAsync()).Select(index => index.ToJson()));

    private static BsonDocument Document(Random random, int id)
    {
        var document = new BsonDocument("_id", id);
        foreach (var name in (string[])["a", "b", "c", "d"])
        {
            if (random.Next(6) > 0)
            {
                // Two arrays of one document cannot be sorted together, so b has none.
                document[name] = Value(random, name == "b" ? 2 : 0);
            }
        }

        return document;
    }

    private static BsonValue Value(Random random, int depth) =>
        random.Next(depth < 2 ? 12 : 8) switch
        {
            0 or 1 or 2 => random.Next(6),
            3 => (long)random.Next(6),
            4 => random.Next(12) / 2.0,
            5 => ((char)('p' + random.Next(4))).ToString(CultureInfo.InvariantCulture) + (random.Next(2) == 0 ? "" : "q"),
            6 => BsonNull.Value,
            7 => random.Next(2) == 0,
            8 => new BsonDocument(random.Next(2) == 0 ? "x" : "y", Value(random, depth + 1)),
            9 => new BsonDocument { { "x", Value(random, depth + 1) }, { "y", Value(random, depth + 1) } },
            _ => new BsonArray(Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth + 1))),
        };

    private static string Name(Random random) => ((string[])["a", "b", "c", "d", "a.x", "b.y", "a.0"])[random.Next(7)];

    private static BsonDocument? Sort(Random random) =>
        random.Next(6) switch
        {
            0 => new BsonDocument("a", 1),
            1 => new BsonDocument("a", -1),
            2 => new BsonDocument { { "b", 1 }, { "a", 1 } },
            3 => new BsonDocument { { "a", -1 }, { "b", 1 } },
            _ => null,
        };

    private static BsonDocument Filter(Random random)
    {
        var filter = new BsonDocument();
        for (var i = random.Next(3); i >= 0; i--)
            filter[Name(random)] = Condition(random);

        return random.Next(6) == 0
            ? new BsonDocument("$or", new BsonArray { filter, new BsonDocument(Name(random), Condition(random)) })
            : filter;
    }

    private static BsonValue Condition(Random random) =>
        random.Next(10) switch
        {
            0 or 1 or 2 => Value(random, 1),
            3 => new BsonDocument("$gt", Value(random, 1)),
            4 => new BsonDocument { { "$gte", Value(random, 2) }, { "$lt", Value(random, 2) } },
            5 => new BsonDocument("$in", new BsonArray { Value(random, 1), Value(random, 1), Value(random, 1) }),
            6 => new BsonRegularExpression(random.Next(2) == 0 ? "^p" : "q$"),
            7 => new BsonDocument("$elemMatch", new BsonDocument { { "$gte", random.Next(4) }, { "$lte", 4 } }),
            8 => new BsonDocument("$elemMatch", new BsonDocument("x", Value(random, 2))),
            _ => new BsonDocument("$ne", Value(random, 1)),
        };
}
