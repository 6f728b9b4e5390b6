using EmbeddedMongo.Errors;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Tests.Values;

public class KeyGeneratorTests
{
    [Theory]
    [InlineData("{a: 1}", "a", "1", false, false)]
    [InlineData("{}", "a", "BsonNull", false, true)]
    [InlineData("{a: null}", "a", "BsonNull", false, false)]
    [InlineData("{a: []}", "a", "BsonUndefined", true, false)]
    [InlineData("{a: []}", "a.b", "BsonNull", true, true)]
    [InlineData("{a: [5, {b: 1}]}", "a.b", "BsonNull|1", true, false)]
    [InlineData("{a: [[1, 2], 3]}", "a", "[1, 2]|3", true, false)]
    [InlineData("{a: [1, 2], b: 7}", "a,b", "1,7|2,7", true, false)]
    [InlineData("{a: [{b: 1, c: 2}, {b: 3}]}", "a.b,a.c", "1,2|3,BsonNull", true, false)]
    [InlineData("{a: [{b: [1, 2], c: 3}]}", "a.b,a.c", "1,3|2,3", true, false)]
    [InlineData("{a: [[1, 2], 3]}", "a.0", "1|2", true, false)]
    [InlineData("{a: [{b: 4}, {b: 5}]}", "a.1.b", "5", true, false)]
    public void Keys_are_generated_as_for_an_index(string json, string paths, string expected, bool multikey, bool missing)
    {
        var keys = new List<BsonValue[]>();
        Assert.Equal(multikey, new KeyGenerator(paths.Split(',')).Generate(BsonDocument.Parse(json), keys, out var allMissing));
        Assert.Equal(expected, string.Join('|', keys.Select(key => string.Join(',', key.AsEnumerable()))));
        Assert.Equal(missing, allMissing);
    }

    [Fact]
    public void Parallel_arrays_are_rejected() =>
        Assert.Equal(
            171,
            Assert
                .Throws<MongoErrorException>(() => new KeyGenerator("a", "b").Generate(BsonDocument.Parse("{a: [1], b: [2]}"), [], out _))
                .Code
        );
}
