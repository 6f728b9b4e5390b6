using EmbeddedMongo.Query;
using EmbeddedMongo.Tests.Clients;
using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Planning;

/// <summary>
/// Queries that intersect indexes or walk one of them return the same documents in the same order as a naive evaluation in this process.
/// </summary>
public sealed class IntersectionTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const int Count = 8_000;

    private static readonly string[] Keys =
    [
        "{words: 1}",
        "{tags: 1}",
        "{rating: 1, _id: 1}",
        "{year: 1, _id: 1}",
        "{genre: 1, rating: 1, _id: 1}",
        "{words: 1, rating: -1}",
        "{year: -1}",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Planned_queries_return_the_same_documents_as_a_naive_evaluation(int seed)
    {
        var random = new Random(seed);
        var documents = Enumerable.Range(0, Count).Select(id => CreateDocument(random, id)).ToList();
        var items = server.NewCollection();
        await items.InsertManyAsync(documents);
        foreach (var key in Keys.OrderBy(_ => random.Next()).Take(5).Append("{words: 1}").Distinct())
        {
            var sparse = random.Next(6) == 0;
            await items.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>(key, new CreateIndexOptions { Sparse = sparse }));
        }

        var queries = TestScale.IsFull ? 1500 : 60;
        for (var query = 0; query < queries; query++)
        {
            var sort = CreateSort(random);
            var filter = CreateFilter(random, sort, documents);
            var limit = random.Next(6) switch
            {
                0 => 0,
                1 => 1,
                2 => 300,
                _ => 21,
            };
            await CompareAsync(items, documents, filter, sort, random.Next(4) == 0 ? random.Next(60) : 0, limit, random);
        }
    }

    [Theory]
    [InlineData("{tags: {$all: ['x', null]}}")]
    [InlineData("{$and: [{tags: 'x'}, {tags: null}]}")]
    [InlineData("{$and: [{tags: 'x'}, {tags: {$in: ['y', null]}}]}")]
    public async Task Sparse_index_of_an_array_serves_conditions_that_match_null(string filter)
    {
        var items = server.NewCollection();
        await items.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{tags: 1}", new CreateIndexOptions { Sparse = true }));
        await items.InsertOneAsync(BsonDocument.Parse("{_id: 1, tags: ['x', null]}"));
        Assert.Equal(1, (await items.Find(filter).SingleAsync())["_id"].AsInt32);
    }

    [Fact]
    public async Task Cursor_keeps_its_snapshot_when_a_walk_becomes_an_intersection()
    {
        var items = server.NewCollection();
        await items.InsertManyAsync(
            Enumerable
                .Range(0, 6000)
                .Select(id => new BsonDocument
                {
                    { "_id", id },
                    {
                        "words",
                        id is < 4500 or >= 5990
                            ? new BsonArray { "apple", "pear" }
                            : new BsonArray { id % 2 == 0 ? "apple" : "pear" }
                    },
                })
        );
        await items.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{words: 1}"));
        var filter = BsonDocument.Parse("{$and: [{words: /^app/}, {words: /^pea/}]}");
        using var cursor = await items.Find(filter, new FindOptions { BatchSize = 5 }).Sort("{_id: -1}").Limit(40).ToCursorAsync();
        Assert.True(await cursor.MoveNextAsync());
        var found = cursor.Current.ToList();
        await items.DeleteManyAsync("{_id: {$lt: 4490}}");
        await items.InsertManyAsync(
            Enumerable
                .Range(0, 100)
                .Select(id => new BsonDocument
                {
                    { "_id", 4500.25 + (id / 1000.0) },
                    {
                        "words",
                        new BsonArray { "apple", "pear" }
                    },
                })
        );
        while (await cursor.MoveNextAsync())
            found.AddRange(cursor.Current);

        Assert.Equal(
            Enumerable.Range(5990, 10).Reverse().Concat(Enumerable.Range(4470, 30).Reverse()),
            found.Select(d => d["_id"].AsInt32)
        );
    }

    [Fact]
    public async Task Update_of_one_document_by_two_common_words_examines_few_documents()
    {
        var items = server.NewCollection();
        await items.InsertManyAsync(
            Enumerable
                .Range(0, 3000)
                .Select(id => new BsonDocument
                {
                    { "_id", id },
                    {
                        "words",
                        new BsonArray { "apple", "pear" }
                    },
                })
        );
        await items.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{words: 1}"));
        var explained = await server.Database.RunCommandAsync<BsonDocument>(
            BsonDocument.Parse(
                $"{{explain: {{find: '{items.CollectionNamespace.CollectionName}', filter: {{$and: [{{words: 'apple'}}, {{words: /^pea/}}]}}, limit: 1}}}}"
            )
        );
        Assert.Equal(1, explained["executionStats"]["totalDocsExamined"]);
    }

    [Fact]
    public async Task Walk_that_will_end_soon_reads_no_keys_of_other_indexes()
    {
        const int Documents = 50_000;
        var items = server.NewCollection();
        await items.InsertManyAsync(
            Enumerable
                .Range(0, Documents)
                .Select(id => new BsonDocument
                {
                    { "_id", id },
                    { "rating", id % 91 },
                    {
                        "words",
                        new BsonArray { id * 7 % 10 < 3 ? "apple" : "fig", id * 3 % 11 < 3 ? "pear" : "plum" }
                    },
                })
        );
        await items.Indexes.CreateManyAsync([new("{words: 1}"), new("{rating: 1, _id: 1}")]);
        var explained = await server.Database.RunCommandAsync<BsonDocument>(
            BsonDocument.Parse(
                $$"""
                { explain: {
                    find: '{{items.CollectionNamespace.CollectionName}}',
                    filter: { $and: [ { words: /^app/ }, { words: /^pea/ } ] }, sort: { rating: -1, _id: -1 }, limit: 21
                } }
                """
            )
        );
        Assert.Equal(21, explained["executionStats"]["nReturned"]);
        Assert.InRange(explained["executionStats"]["totalDocsExamined"].ToInt32(), 100, 500);
        // The first counts of keys, and the keys of the walk.
        Assert.InRange(explained["executionStats"]["totalKeysExamined"].ToInt32(), 100, 3_000);
    }

    private static async Task CompareAsync(
        IMongoCollection<BsonDocument> items,
        List<BsonDocument> documents,
        BsonDocument filter,
        BsonDocument? sort,
        int skip,
        int limit,
        Random random
    )
    {
        var parsed = MatchParser.Parse(filter, MatchContext.Default);
        var matches = documents.Where(parsed.Matches).ToList();
        var found = await items
            .Find(filter, new FindOptions { BatchSize = random.Next(3) == 0 ? 7 : null })
            .Sort(sort)
            .Skip(skip)
            .Limit(limit)
            .ToListAsync();
        var expectedCount = Math.Max(matches.Count - skip, 0);
        Assert.Equal(limit == 0 ? expectedCount : Math.Min(expectedCount, limit), found.Count);
        Assert.Equal(matches.Count, await items.CountDocumentsAsync(filter));
        var message = $"{filter} sorted by {sort}, skip {skip}, limit {limit}";
        if (sort is null)
        {
            var ids = matches.Select(Id).ToHashSet();
            Assert.True(found.Select(Id).Distinct().Count() == found.Count && found.TrueForAll(d => ids.Contains(Id(d))), message);
            return;
        }

        var spec = SortSpec.Parse(sort);
        matches.Sort(spec.Compare);
        var expected = matches.Skip(skip).Take(limit == 0 ? int.MaxValue : limit);
        Assert.True(expected.Zip(found).All(pair => spec.Compare(pair.First, pair.Second) == 0), message);
        if (sort.Contains("_id"))
            Assert.True(expected.Select(Id).SequenceEqual(found.Select(Id)), message);
    }

    private static int Id(BsonDocument document) => document["_id"].AsInt32;

    private static BsonDocument CreateDocument(Random random, int id)
    {
        var document = new BsonDocument
        {
            { "_id", id },
            { "year", 1950 + random.Next(60) },
            { "genre", $"g{random.Next(4)}" },
        };
        switch (random.Next(12))
        {
            case 0:
                break;
            case 1:
                document["rating"] = BsonNull.Value;
                break;
            case 2:
                document["rating"] = $"r{random.Next(5)}";
                break;
            default:
                document["rating"] = random.Next(100) / 10.0;
                break;
        }

        if (random.Next(30) > 0)
        {
            var words = new BsonArray();
            Add("the", 0.5);
            Add("them", 0.1);
            Add("man", 0.3);
            Add("many", 0.04);
            Add("rare", 0.002);
            Add("zed", 0.3);
            if (document.GetValue("rating", 0) is BsonDouble { Value: < 2 })
                Add("low", 1);

            if (id < 2000)
                Add("first", 0.9);

            words.Add(BsonNull.Value);
            document["words"] = random.Next(20) == 0 ? "the" : words;

            void Add(string word, double share)
            {
                if (random.NextDouble() < share)
                    words.Add(word + random.Next(3));
            }
        }

        if (random.Next(3) > 0)
            document["tags"] = new BsonArray(Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(5)));

        if (random.Next(20) == 0)
            document["deletedAt"] = 1;

        return document;
    }

    private static BsonDocument? CreateSort(Random random) =>
        random.Next(8) switch
        {
            0 => null,
            1 => new BsonDocument { { "year", 1 }, { "_id", 1 } },
            2 => new BsonDocument { { "year", -1 }, { "_id", -1 } },
            3 => new BsonDocument("_id", -1),
            4 => new BsonDocument("rating", -1),
            5 => new BsonDocument { { "rating", 1 }, { "_id", 1 } },
            _ => new BsonDocument { { "rating", -1 }, { "_id", -1 } },
        };

    private static BsonDocument CreateFilter(Random random, BsonDocument? sort, List<BsonDocument> documents)
    {
        var all = new BsonArray();
        if (random.Next(2) == 0)
            all.Add(new BsonDocument("deletedAt", BsonNull.Value));

        for (var i = random.Next(4); i > 0; i--)
        {
            var word = ((string[])["the", "th", "man", "many", "many1", "rare", "zed", "low", "first", "none"])[random.Next(10)];
            all.Add(new BsonDocument("words", random.Next(5) == 0 ? word + "0" : new BsonRegularExpression("^" + word)));
        }

        if (random.Next(4) == 0)
            all.Add(new BsonDocument("tags", random.Next(3) == 0 ? new BsonDocument("$gte", 2) : random.Next(5)));

        if (random.Next(4) == 0)
            all.Add(new BsonDocument("genre", $"g{random.Next(4)}"));

        if (random.Next(4) == 0)
            all.Add(new BsonDocument("year", new BsonDocument { { "$gte", 1960 }, { "$lt", 1960 + random.Next(40) } }));

        if (random.Next(6) == 0)
            all.Add(new BsonDocument("tags", new BsonDocument("$elemMatch", new BsonDocument { { "$gte", 1 }, { "$lt", 3 } })));

        if (sort is { ElementCount: 2 } && random.Next(2) == 0)
            AddKeyset(all, sort, documents[random.Next(documents.Count)]);

        return all.Count == 0 ? [] : new BsonDocument("$and", all);
    }

    private static void AddKeyset(BsonArray all, BsonDocument sort, BsonDocument last)
    {
        var name = sort.GetElement(0).Name;
        var key = last.GetValue(name, BsonNull.Value);
        if (key is BsonNull)
            return;

        var operation = sort[0] == 1 ? "$gt" : "$lt";
        all.Add(new BsonDocument(name, new BsonDocument(operation + "e", key)));
        all.Add(
            new BsonDocument(
                "$or",
                new BsonArray
                {
                    new BsonDocument(name, new BsonDocument(operation, key)),
                    new BsonDocument { { name, key }, { "_id", new BsonDocument(operation, last["_id"]) } },
                }
            )
        );
    }
}
