using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Tests.Values;

public class BsonPathTests
{
    private struct Collector : IPathVisitor
    {
        public List<string> Seen;

        public readonly bool Visit(BsonValue? value, int arrayIndex)
        {
            Seen.Add((value?.ToString() ?? "missing") + (arrayIndex < 0 ? "" : $"@{arrayIndex}"));
            return false;
        }
    }

    [Theory]
    [InlineData("{a: 5}", "a", "5")]
    [InlineData("{}", "a", "missing")]
    [InlineData("{a: 5}", "a.b", "missing")]
    [InlineData("{a: []}", "a", "[]")]
    [InlineData("{a: []}", "a.b", "")]
    [InlineData("{a: [5]}", "a.b", "")]
    [InlineData("{a: [{}]}", "a.b", "missing@0")]
    [InlineData("{a: [1, 2]}", "a", "1@0|2@1|[1, 2]")]
    [InlineData("{a: [{b: 1}, {b: [2, 3]}]}", "a.b", "1@0|2@1|3@1|[2, 3]@1")]
    [InlineData("{a: [5, 7, 3]}", "a.1", "7")]
    [InlineData("{a: [5, [2, 4], 3]}", "a.1", "[2, 4]")]
    [InlineData("{a: [5, {'1': 4}]}", "a.1", "4@1|{ \"1\" : 4 }")]
    [InlineData("{a: [{b: 4}, 3, {b: 4}]}", "a.0.b", "missing@0|4|missing@2")]
    [InlineData("{a: [[{b: 1}]]}", "a.b", "")]
    [InlineData("{a: [[{b: 1}]]}", "a.0.b", "1@0")]
    [InlineData("{a: [1]}", "a.00", "")]
    public void Matching_traverses_arrays_as_in_MongoDB(string json, string path, string expected)
    {
        var collector = new Collector { Seen = [] };
        new BsonPath(path).Any(BsonDocument.Parse(json), ref collector, expandLeaf: true);
        Assert.Equal(expected, string.Join('|', collector.Seen));
    }
}
