using EmbeddedMongo.Errors;
using EmbeddedMongo.Query;
using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Update;
using MongoDB.Bson;

namespace EmbeddedMongo.Tests.Update;

public sealed class PipelineUpdateTests
{
    private static readonly MatchExpression All = AlwaysTrueExpression.Instance;

    private static UpdateProgram Parse(string stages) =>
        UpdateParser.Parse(MongoDB.Bson.Serialization.BsonSerializer.Deserialize<BsonArray>(stages), null, MatchContext.Default);

    [Fact]
    public void A_later_stage_reads_the_fields_set_by_an_earlier_one()
    {
        var result = Parse("""[{ $set: { sum: { $add: ["$a", "$b"] } } }, { $set: { mean: { $divide: ["$sum", 2] } } }, { $unset: "b" }]""")
            .Apply(BsonDocument.Parse("{ _id: 1, a: 3, b: 5 }"), All);
        Assert.True(result.Modified);
        Assert.Equal(BsonDocument.Parse("{ _id: 1, a: 3, sum: 8, mean: 4.0 }"), result.Document);
    }

    [Fact]
    public void The_id_is_kept_if_the_pipeline_omits_it()
    {
        var result = Parse("""[{ $replaceWith: { kept: "$a" } }]""").Apply(BsonDocument.Parse("{ _id: 1, a: 3 }"), All);
        Assert.Equal(BsonDocument.Parse("{ _id: 1, kept: 3 }"), result.Document);
    }

    [Fact]
    public void A_pipeline_that_changes_nothing_modifies_nothing() =>
        Assert.False(Parse("""[{ $set: { a: { $add: ["$a", 0] } } }]""").Apply(BsonDocument.Parse("{ _id: 1, a: 3 }"), All).Modified);

    [Fact]
    public void A_changed_id_is_rejected() =>
        Assert.Equal(
            66,
            Assert.Throws<MongoErrorException>(() => Parse("[{ $set: { _id: 2 } }]").Apply(BsonDocument.Parse("{ _id: 1 }"), All)).Code
        );

    [Fact]
    public void A_stage_that_reads_other_documents_is_rejected_by_name()
    {
        var error = Assert.Throws<MongoErrorException>(() => Parse("[{ $group: { _id: null } }]"));
        Assert.Equal((72, true), (error.Code, error.Message.Contains("$group")));
    }
}
