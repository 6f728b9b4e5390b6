using EmbeddedMongo.Bson;
using EmbeddedMongo.Indexes;
using EmbeddedMongo.Planning;
using EmbeddedMongo.Query;
using EmbeddedMongo.Storage;
using EmbeddedMongo.Tests.Clients;
using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Planning;

/// <summary>
/// An index scan that finds many documents fetches most of them in storage order. It finds the same documents as a scan of the collection.
/// </summary>
public sealed class LargeFetchTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const int Count = 4_000;

    [Theory]
    [InlineData("{n: {$gte: 100}}", "n")]
    [InlineData("{n: {$gte: 100}, kind: {$ne: 3}}", "n")]
    [InlineData("{unique: {$lt: 3900}}", "unique")]
    [InlineData("{tags: {$gte: 'b'}}", "tags")]
    [InlineData("{tags: {$in: ['a', 'c']}}", "tags")]
    [InlineData("{tags: 'a'}", "tags")]
    [InlineData("{n: {$gte: 0}, kind: {$gte: 2}}", "partial")]
    [InlineData("{$or: [{n: {$lt: 2000}}, {tags: 'b'}, {unique: {$gte: 3000}}]}", null)]
    public async Task Index_scan_finds_the_same_documents_as_a_collection_scan(string filter, string? index)
    {
        var items = await CreateItemsAsync();
        var expected = await IdsAsync(items, filter, new BsonDocument("$natural", 1));
        Assert.True(expected.Count > 1_000);
        var hint = index is null ? null : (BsonValue)index;
        Assert.Equal(expected.Order(), (await IdsAsync(items, filter, hint)).Order());
        Assert.Equal(expected.Order(), (await IdsAsync(items, filter, hint, "{pad: 1}")).Order());
        var sum = await items
            .Aggregate(new AggregateOptions { Hint = hint })
            .Match(filter)
            .Group("{_id: null, sum: {$sum: '$_id'}, n: {$sum: 1}}")
            .SingleAsync();
        Assert.Equal((expected.Count, expected.Sum()), (sum["n"].AsInt32, sum["sum"].AsInt32));
    }

    [Fact]
    public async Task Keys_are_read_in_parts()
    {
        const int Documents = 3 * FetchScan.MinRecords;
        var items = server.NewCollection();
        await items.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{tags: 1}"));
        await items.InsertManyAsync(
            Enumerable
                .Range(0, Documents)
                .Select(id => new BsonDocument
                {
                    { "_id", id },
                    {
                        "tags",
                        new BsonArray { id * 7919 % Documents, id }
                    },
                })
        );

        var ids = await IdsAsync(items, "{tags: {$gte: 10}}", "tags_1");
        Assert.Equal(await IdsAsync(items, "{tags: {$gte: 10}}", new BsonDocument("$natural", 1)), ids.Order());
    }

    [Theory]
    [InlineData("{n: {$gte: 100}}", 2_000)]
    [InlineData("{n: {$gte: 100}, kind: {$ne: 3}}", 700)]
    [InlineData("{tags: {$gte: 'b'}}", 1_500)]
    public async Task Skip_without_limit_returns_the_documents_that_the_same_limit_leaves_out(string filter, int skip)
    {
        var items = await CreateItemsAsync();
        var expected = await IdsAsync(items, filter, new BsonDocument("$natural", 1));
        var hint = filter.Contains("tags", StringComparison.Ordinal) ? "tags" : "n";
        var first = await items.Find(filter, new FindOptions { Hint = hint }).Limit(skip).ToListAsync();
        var others = await items.Find(filter, new FindOptions { Hint = hint }).Skip(skip).ToListAsync();
        Assert.Equal(expected.Order(), first.Concat(others).Select(document => document["_id"].AsInt32).Order());
    }

    [Theory]
    [InlineData("{n: 1}", 0)]
    [InlineData("{n: -1}", 0)]
    [InlineData("{n: -1}", 1_500)]
    [InlineData("{kind: -1, _id: 1}", 0)]
    public async Task Sort_is_kept(string sort, int skip)
    {
        var items = await CreateItemsAsync();
        var documents = await items.Find("{n: {$gte: 50}}").Sort("{_id: 1}").ToListAsync();
        var sorted = sort switch
        {
            "{n: 1}" => documents.OrderBy(document => document["n"]),
            "{n: -1}" => documents.OrderByDescending(document => document["n"]),
            _ => documents.OrderByDescending(document => document["kind"]),
        };
        Assert.Equal(sorted.Skip(skip), await items.Find("{n: {$gte: 50}}").Sort(sort).Skip(skip).ToListAsync());
    }

    [Fact]
    public async Task Cursor_keeps_its_snapshot_while_documents_change()
    {
        var items = await CreateItemsAsync();
        var expected = await items.Find("{n: {$gte: 0}}").Sort("{_id: 1}").ToListAsync();
        using var cursor = await items.Find("{n: {$gte: 0}}", new FindOptions { BatchSize = 400, Hint = "n" }).ToCursorAsync();
        var found = new List<BsonDocument>();
        for (var batch = 0; await cursor.MoveNextAsync(); batch++)
        {
            found.AddRange(cursor.Current);
            await items.UpdateManyAsync($"{{_id: {{$mod: [7, {batch}]}}}}", "{$inc: {n: 10000}, $set: {pad: 'changed'}}");
            await items.DeleteManyAsync($"{{_id: {{$mod: [11, {batch}]}}}}");
            await items.InsertOneAsync(NewItem(Count + batch, Count + batch));
        }

        Assert.Equal(expected, found.OrderBy(document => document["_id"].AsInt32));
    }

    [Fact]
    public async Task Writes_change_each_document_once_although_they_change_the_scanned_index()
    {
        var items = await CreateItemsAsync();
        var expected = await IdsAsync(items, "{tags: {$gte: 'a'}}", new BsonDocument("$natural", 1));
        var update = await items.UpdateManyAsync("{tags: {$gte: 'a'}}", "{$inc: {n: 10000}, $push: {tags: 'z'}}");
        Assert.Equal(expected.Count, update.ModifiedCount);
        Assert.Equal(expected.Order(), (await IdsAsync(items, "{n: {$gte: 10000, $lt: 20000}}", "n")).Order());
        Assert.Equal(expected.Count, (await items.DeleteManyAsync("{tags: 'z'}")).DeletedCount);
        Assert.Empty(await IdsAsync(items, "{n: {$gte: 10000}}", "n"));
    }

    [Theory]
    [InlineData("{n: {$gte: 100}}", "n")]
    [InlineData("{tags: {$gte: 'a'}}", "tags")]
    public async Task Explain_counts_all_keys_and_documents(string filter, string index)
    {
        var items = await CreateItemsAsync();
        var documents = await items.Find(filter).ToListAsync();
        var keys = index == "n" ? documents.Count : documents.Sum(document => document["tags"].AsBsonArray.Count);
        var explain = new BsonDocument
        {
            {
                "explain",
                new BsonDocument
                {
                    { "find", items.CollectionNamespace.CollectionName },
                    { "filter", BsonDocument.Parse(filter) },
                    { "hint", index },
                }
            },
        };
        var stats = (await server.Database.RunCommandAsync<BsonDocument>(explain))["executionStats"];
        Assert.Equal("FETCH", stats["executionStages"]["stage"]);
        Assert.Equal("IXSCAN", stats["executionStages"]["inputStage"]["stage"]);
        Assert.Equal(documents.Count, stats["nReturned"]);
        Assert.Equal(documents.Count, stats["totalDocsExamined"]);
        Assert.Equal(keys, stats["totalKeysExamined"]);
    }

    [Fact]
    public async Task Long_read_of_keys_can_be_interrupted()
    {
        await using var engine = StorageEngine.Open(new EmbeddedMongoOptions());
        var catalog = Catalog.Load(engine);
        var collection = catalog.Create("test", "items", [], failIfExists: true);
        using (var unit = new WriteUnit(collection))
        {
            unit.Use(unit.State.WithAdded(new IndexSpec(catalog.TakeIndexId(), BsonDocument.Parse("{key: {n: 1}, name: 'n'}"), null)));
            for (var id = 0; id < Count; id++)
                unit.Insert(BsonEncoder.ToBytes(NewItem(id, id)));

            unit.Commit();
        }

        using var snapshot = CollectionSnapshot.Take(collection)!;
        var query = new FindQuery(MatchParser.Parse(BsonDocument.Parse("{n: {$gte: 0}}"), MatchContext.Default));
        var checks = 0;
        using var scan = DocumentScan.Open(snapshot, QueryPlanner.Plan(snapshot, query), () => checks++, inAnyOrder: true);
        while (scan.DocsExamined <= FetchScan.OrderedDocuments)
            Assert.True(scan.MoveNext());

        Assert.Equal(Count, scan.KeysExamined);
        Assert.True(checks > 0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Stored_records_are_those_that_point_lookups_find(int seed)
    {
        var random = new Random(seed);
        await using var engine = StorageEngine.Open(new EmbeddedMongoOptions());
        var catalog = Catalog.Load(engine);
        var collections = Enumerable.Range(0, 3).Select(i => catalog.Create("test", $"c{i}", [], failIfExists: true)).ToArray();
        foreach (var collection in collections)
        {
            using var unit = new WriteUnit(collection);
            for (var id = 0; id < 1_000; id++)
            {
                var pad = new string('x', random.Next(20) == 0 ? 20_000 : random.Next(300));
                unit.Insert(BsonEncoder.ToBytes(new BsonDocument { { "_id", id }, { "pad", pad } }));
            }

            unit.Commit();
        }

        var items = collections[1];
        using (var batch = new RocksDbSharp.WriteBatch())
        {
            var key = new byte[KeySpace.DocumentKeyLength];
            for (var start = 0; start < 1_000; start += random.Next(1, 100))
            {
                for (var length = random.Next(40); length > 0; length--)
                {
                    KeySpace.DocumentKey(key, items.Id, start + length);
                    batch.Delete(key);
                }
            }

            engine.Write(batch);
        }

        using var snapshot = CollectionSnapshot.Take(items)!;
        using var buffer = new PooledBuffer();
        for (var run = 0; run < 30; run++)
        {
            var records = new RecordSet();
            for (long record = random.Next(5); record < 1_010; record += random.Next(1, random.Next(2, 80)))
                records.Add(record);

            using var stored = new StoredRecords(snapshot, records);
            foreach (var record in records.GetAscending())
            {
                buffer.Clear();
                if (!items.TryGetDocument(record, buffer, snapshot.View))
                    continue;

                Assert.True(stored.MoveNext());
                Assert.Equal(record, stored.Record);
                Assert.True(stored.Document.SequenceEqual(buffer.WrittenSpan));
            }

            Assert.False(stored.MoveNext());
        }
    }

    /// <summary>Creates a collection whose storage order differs from the order of its indexes, with gaps.</summary>
    private async Task<IMongoCollection<BsonDocument>> CreateItemsAsync()
    {
        var items = server.NewCollection();
        await items.InsertManyAsync(Enumerable.Range(0, Count).Select(id => NewItem(id, id * 2_711 % Count)));
        await items.Indexes.CreateManyAsync([
            new("{n: 1}", new CreateIndexOptions { Name = "n" }),
            new("{unique: 1}", new CreateIndexOptions { Name = "unique", Unique = true }),
            new("{tags: 1}", new CreateIndexOptions { Name = "tags" }),
            new("{n: -1}", new CreateIndexOptions<BsonDocument> { Name = "partial", PartialFilterExpression = "{kind: {$gte: 2}}" }),
        ]);
        await items.DeleteManyAsync("{_id: {$mod: [13, 5]}}");
        await items.UpdateManyAsync("{_id: {$mod: [17, 3]}}", "{$set: {pad: 'updated'}}");
        return items;
    }

    private static BsonDocument NewItem(int id, int n) =>
        new()
        {
            { "_id", id },
            { "n", n },
            { "unique", n },
            { "kind", id % 5 },
            { "tags", new BsonArray(new[] { "a", "b", "c", "d" }.Skip(id % 3).Take(1 + (id % 2))) },
            { "pad", new string('x', id % 97 == 0 ? 20_000 : id % 200) },
        };

    private static async Task<List<int>> IdsAsync(IMongoCollection<BsonDocument> items, string filter, BsonValue? hint, string? sort = null)
    {
        var find = items.Find(filter, new FindOptions { Hint = hint });
        return (await (sort is null ? find : find.Sort(sort)).ToListAsync()).ConvertAll(document => document["_id"].AsInt32);
    }
}
