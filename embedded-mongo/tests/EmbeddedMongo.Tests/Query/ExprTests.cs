using EmbeddedMongo.Errors;
using EmbeddedMongo.Query;
using EmbeddedMongo.Query.Projecting;
using MongoDB.Bson;

namespace EmbeddedMongo.Tests.Query;

public class ExprTests
{
    [Theory]
    [InlineData("{$expr: {$gt: ['$a', '$b']}}", "{a: 2, b: 1}", true)]
    [InlineData("{$expr: {$gt: ['$a', '$b']}}", "{a: 1, b: 2}", false)]
    [InlineData("{$expr: '$missing'}", "{}", false)]
    [InlineData("{c: 1, $expr: {$eq: ['$a', 1]}}", "{a: 1, c: 1}", true)]
    public void An_expression_can_be_a_condition(string filter, string document, bool expected) =>
        Assert.Equal(expected, MatchParser.Parse(BsonDocument.Parse(filter), MatchContext.Default).Matches(BsonDocument.Parse(document)));

    [Fact]
    public void An_expression_is_allowed_only_at_the_top_level() =>
        Assert.Equal(
            2,
            Assert
                .Throws<MongoErrorException>(() =>
                    MatchParser.Parse(BsonDocument.Parse("{a: {$elemMatch: {$expr: {$eq: [1, 1]}}}}"), MatchContext.Default)
                )
                .Code
        );

    [Theory]
    [InlineData("{sum: {$add: ['$a', 1]}}", "{_id: 1, sum: 6}")]
    [InlineData("{a: 1, z: '$o.x'}", "{_id: 1, a: 5, z: 1}")]
    [InlineData("{a: 'text'}", "{_id: 1, a: 'text'}")]
    [InlineData("{_id: '$a'}", "{_id: 5}")]
    [InlineData("{'o.x': '$a'}", "{_id: 1, o: {x: 5}}")]
    [InlineData("{'g.new': '$a', 'g.s': 1}", "{_id: 1, g: [{s: 1, new: 5}, {new: 5}]}")]
    [InlineData("{'q.r': '$a'}", "{_id: 1, q: {r: 5}}")]
    [InlineData("{first: {$slice: ['$n', 1]}}", "{_id: 1, first: [1]}")]
    public void Fields_of_a_projection_can_be_computed(string projection, string expected)
    {
        var parsed = ProjectionParser.Parse(BsonDocument.Parse(projection), null, MatchContext.Default);
        var document = BsonDocument.Parse("{_id: 1, a: 5, g: [{s: 1, t: 2}, 7], n: [1, 2], o: {x: 1, y: 2}}");
        Assert.Equal(BsonDocument.Parse(expected), parsed.Apply(document));
    }
}
