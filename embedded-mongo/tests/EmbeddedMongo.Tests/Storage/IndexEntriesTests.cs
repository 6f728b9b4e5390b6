using EmbeddedMongo.Bson;
using EmbeddedMongo.Indexes;
using EmbeddedMongo.Storage;
using MongoDB.Bson;

namespace EmbeddedMongo.Tests.Storage;

/// <summary>Entries encoded from a document's bytes are the same as those of the decoded document.</summary>
public sealed class IndexEntriesTests
{
    private static readonly BsonValue[] Scalars =
    [
        BsonNull.Value,
        BsonUndefined.Value,
        BsonMinKey.Value,
        BsonMaxKey.Value,
        true,
        false,
        0,
        -7,
        7L,
        long.MinValue,
        -0.0,
        1.5,
        double.NaN,
        double.NegativeInfinity,
        Decimal128.Parse("0.1"),
        "",
        "text",
        "Amélie \U0001F3AC",
        "zero\0byte",
        new BsonDateTime(-1),
        new BsonDateTime(1_700_000_000_000),
        new ObjectId("0123456789abcdef01234567"),
        new BsonTimestamp(5, 6),
        new BsonBinaryData([1, 2, 3]),
        new BsonRegularExpression("a.c", "i"),
        new BsonJavaScript("f()"),
        new BsonDocument("inner", 5),
    ];

    private static readonly IndexSpec[] Indexes =
    [
        CreateIndex(1, "{ _id: 1 }", "name: '_id_'"),
        CreateIndex(2, "{ a: 1 }", "name: 'a'"),
        CreateIndex(3, "{ a: -1, b: 1, _id: 1 }", "name: 'abc'"),
        CreateIndex(4, "{ b: 1 }", "name: 'b', sparse: true, unique: true"),
        CreateIndex(5, "{ 'c.inner': 1, a: 1 }", "name: 'dotted'"),
        CreateIndex(6, "{ c: 1 }", "name: 'partial', partialFilterExpression: { a: { $exists: true } }"),
    ];

    [Fact]
    public void Entries_from_bytes_equal_those_of_the_decoded_document()
    {
        var random = new Random(20261128);
        using var entries = new IndexEntries();
        for (var i = 0; i < 3_000; i++)
        {
            var document = new BsonDocument("_id", i);
            foreach (var name in new[] { "x", "c", "b", "a" }.Where(_ => random.Next(4) > 0))
                document.Add(name, random.Next(4) == 0 && name != "b" ? CreateArray(random) : Pick(random));
            if (document.Count(field => field.Value is BsonArray) > 1)
                continue;

            var state = entries.Generate(new CollectionState(Indexes, []), BsonEncoder.ToBytes(document));
            Assert.Equal(Expect(document, out var multikey), Read(entries));
            Assert.Equal(multikey, state.Indexes.Select(index => string.Join(',', index.Multikey)));
        }
    }

    private static List<string> Read(IndexEntries entries)
    {
        var result = new List<string>();
        for (var i = 0; i < entries.Count; i++)
        {
            result.Add(Convert.ToHexString(entries.GetKey(i, 258)));
            Assert.Equal(entries.GetKey(i), entries.GetKey(i, 258)[..entries.GetKey(i).Length]);
        }

        return [.. result.Order(StringComparer.Ordinal)];
    }

    private static List<string> Expect(BsonDocument document, out List<string> multikey)
    {
        var result = new List<string>();
        multikey = [];
        foreach (var index in Indexes)
        {
            var keys = IndexKeyGenerator.Generate(index, document, out var newlyMultikey);
            result.AddRange(keys.Select(key => Convert.ToHexString(KeySpace.IndexKey(index.Id, key, index.Unique ? null : 258))));
            multikey.Add(string.Join(',', newlyMultikey ?? index.Multikey));
        }

        return [.. result.Order(StringComparer.Ordinal)];
    }

    private static BsonValue CreateArray(Random random)
    {
        var length = random.Next(8) == 0 ? 40 : random.Next(5);
        return new BsonArray(Enumerable.Range(0, length).Select(_ => random.Next(6) == 0 ? new BsonArray { 1, 2 } : Pick(random)));
    }

    private static BsonValue Pick(Random random) => Scalars[random.Next(Scalars.Length)];

    private static IndexSpec CreateIndex(uint id, string key, string options)
    {
        var definition = BsonDocument.Parse($"{{ key: {key}, {options} }}");
        return new IndexSpec(id, definition, IndexDefinition.PartialFilter(definition));
    }
}
