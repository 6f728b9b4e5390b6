using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Query;
using EmbeddedMongo.Query.Projecting;
using MongoDB.Bson;

namespace EmbeddedMongo.Tests.Query;

public class ProjectionTests
{
    private const string Document = "{_id: 1, a: 5, g: [{s: 1, t: 2}, {s: 9, t: 3}, 7], n: [1, 2, 3, 4], o: {x: 1, y: [1, 2, 3], z: 3}}";

    [Theory]
    [InlineData("{}", "{g: {$elemMatch: {s: 9}}}", "{_id: 1, g: [{s: 9, t: 3}]}")]
    [InlineData("{}", "{n: {$elemMatch: {$gt: 2}}, a: 1}", "{_id: 1, a: 5, n: [3]}")]
    [InlineData("{}", "{a: {$elemMatch: {s: 1}}}", "{_id: 1}")]
    [InlineData("{}", "{n: {$elemMatch: {$gt: 2}}, g: 0, o: 0}", "{_id: 1, a: 5, n: [3]}")]
    [InlineData("{}", "{n: {$slice: 2}, g: 0, o: 0}", "{_id: 1, a: 5, n: [1, 2]}")]
    [InlineData("{}", "{n: {$slice: [1, 2]}, a: 1}", "{_id: 1, a: 5, n: [2, 3]}")]
    [InlineData("{}", "{n: {$slice: [-3, 2]}, a: 1}", "{_id: 1, a: 5, n: [2, 3]}")]
    [InlineData("{}", "{'o.y': {$slice: -1}, a: 1}", "{_id: 1, a: 5, o: {y: [3]}}")]
    [InlineData("{'g.s': 9}", "{'g.$': 1}", "{_id: 1, g: [{s: 9, t: 3}]}")]
    [InlineData("{n: {$gt: 2}}", "{'n.$': 1}", "{_id: 1, n: [3]}")]
    [InlineData("{a: 5}", "{'a.$': 1}", "{_id: 1, a: 5}")]
    [InlineData("{}", "{'g.s': 1}", "{_id: 1, g: [{s: 1}, {s: 9}]}")]
    [InlineData("{}", "{'g.s': 0, n: 0, o: 0}", "{_id: 1, a: 5, g: [{t: 2}, {t: 3}, 7]}")]
    [InlineData("{}", "{_id: 1}", "{_id: 1}")]
    [InlineData("{}", "{_id: 0, a: 1}", "{a: 5}")]
    [InlineData("{}", "{_id: 1, a: 0, g: 0, n: 0}", "{_id: 1, o: {x: 1, y: [1, 2, 3], z: 3}}")]
    [InlineData("{}", "{o: {x: 1, z: 1}}", "{_id: 1, o: {x: 1, z: 3}}")]
    [InlineData("{}", "{o: {x: 0, z: 0}, a: 0, g: false}", "{_id: 1, n: [1, 2, 3, 4], o: {y: [1, 2, 3]}}")]
    [InlineData("{}", "{_id: 1, n: {$slice: 1}}", "{_id: 1, n: [1]}")]
    [InlineData("{}", "{_id: 0, n: {$elemMatch: {$gt: 3}}}", "{n: [4]}")]
    [InlineData("{}", "{missing: 1}", "{_id: 1}")]
    [InlineData("{}", "{g: 1, o: true, _id: 0}", "{g: [{s: 1, t: 2}, {s: 9, t: 3}, 7], o: {x: 1, y: [1, 2, 3], z: 3}}")]
    [InlineData("{}", "{'a.b': 1}", "{_id: 1}")]
    public void Fields_are_selected_as_in_MongoDB(string filter, string projection, string expected)
    {
        var query = MatchParser.Parse(BsonDocument.Parse(filter), MatchContext.Default);
        var parsed = ProjectionParser.Parse(BsonDocument.Parse(projection), query, MatchContext.Default);
        Assert.Equal(BsonDocument.Parse(expected), parsed.Apply(BsonDocument.Parse(Document)));
        using var written = new PooledBuffer();
        parsed.Write(written, BsonEncoder.ToBytes(BsonDocument.Parse(Document)));
        Assert.Equal(BsonEncoder.ToBytes(BsonDocument.Parse(expected)), written.WrittenSpan.ToArray());
    }

    [Theory]
    [InlineData("{a: 1, o: 0}", 31254)]
    [InlineData("{o: 0, a: 1}", 31253)]
    [InlineData("{a: {}}", 51270)]
    [InlineData("{'o.x': 1, o: 1}", 31250)]
    [InlineData("{o: 1, 'o.x': 1}", 31249)]
    [InlineData("{'n.$': 1}", 31277)]
    [InlineData("{'a.$': 1, 'n.$': 1}", 31276)]
    [InlineData("{'a.$': 0}", 31395)]
    [InlineData("{'a.$': 'x'}", 31308)]
    [InlineData("{'a.$': {$add: [1]}}", 31271)]
    [InlineData("{'a.$': 1, n: {$elemMatch: {}}}", 31255)]
    [InlineData("{n: {$elemMatch: {}}, 'a.$': 1}", 31256)]
    [InlineData("{n: {$elemMatch: 1}}", 31274)]
    [InlineData("{a: {$foo: 1}}", 31325)]
    [InlineData("{o: 0, a: 'x'}", 31310)]
    [InlineData("{o: 0, a: {$add: [1, 2]}}", 31252)]
    [InlineData("{'': 1}", 40352)]
    [InlineData("{'a.': 1}", 40353)]
    [InlineData("{'a..b': 1}", 15998)]
    [InlineData("{$a: 1}", 16410)]
    [InlineData("{n: {$slice: [1, -2]}}", 28724)]
    [InlineData("{n: {$slice: 'x'}}", 28667)]
    [InlineData("{'o.y': {$elemMatch: {$gt: 1}}}", 31275)]
    [InlineData("{a: {$meta: 'textScore'}}", 2)]
    public void A_malformed_projection_is_rejected(string projection, int code)
    {
        var query = MatchParser.Parse(new BsonDocument("a", 5), MatchContext.Default);
        Assert.Equal(
            code,
            Assert
                .Throws<MongoErrorException>(() => ProjectionParser.Parse(BsonDocument.Parse(projection), query, MatchContext.Default))
                .Code
        );
    }

    [Fact]
    public void A_positional_projection_fails_if_the_filter_matched_no_element()
    {
        var query = MatchParser.Parse(BsonDocument.Parse("{$or: [{n: 2}]}"), MatchContext.Default);
        var projection = ProjectionParser.Parse(BsonDocument.Parse("{'n.$': 1}"), query, MatchContext.Default);
        Assert.Equal(BsonDocument.Parse("{_id: 1, n: [2]}"), projection.Apply(BsonDocument.Parse(Document)));

        query = MatchParser.Parse(BsonDocument.Parse("{$or: [{n: 2}, {n: 99}]}"), MatchContext.Default);
        projection = ProjectionParser.Parse(BsonDocument.Parse("{'n.$': 1}"), query, MatchContext.Default);
        Assert.Equal(51246, Assert.Throws<MongoErrorException>(() => projection.Apply(BsonDocument.Parse(Document))).Code);
    }

    [Fact]
    public void Only_the_fields_of_an_inclusion_need_decoding()
    {
        var inclusion = ProjectionParser.Parse(BsonDocument.Parse("{'a.b': 1}"), null, MatchContext.Default);
        Assert.Equal(["a", "_id"], inclusion.Needed!.Names);
        var exclusion = ProjectionParser.Parse(BsonDocument.Parse("{a: 0}"), null, MatchContext.Default);
        Assert.Null(exclusion.Needed);
        Assert.True(ProjectionParser.Parse([], null, MatchContext.Default).IsIdentity);
    }
}
