using EmbeddedMongo.Aggregation;
using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Update;

/// <summary>
/// An update that computes the new document from the old one (manual: "Updates with Aggregation Pipeline"). The _id is kept.
/// </summary>
internal sealed class PipelineProgram(UpdatePipeline pipeline) : UpdateProgram
{
    protected override bool IsSameId(BsonValue before, BsonValue? after) => BsonOrder.Equals(before, after);

    protected override BsonDocument Transform(BsonDocument document, bool isInsert, MatchExpression query) =>
        ReplacementProgram.KeepId(document, pipeline.Apply(document));
}
