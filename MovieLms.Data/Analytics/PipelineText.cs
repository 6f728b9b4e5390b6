using MongoDB.Bson;
using MongoDB.Bson.Serialization;
using MongoDB.Driver;

namespace MovieLms.Data.Analytics;

/// <summary>Pipelines written as a MongoDB shell would take them, so that one can be read, and tried out, as it stands.</summary>
internal static class PipelineText
{
    /// <summary>The stages in <paramref name="text"/>, a JSON array.</summary>
    internal static BsonDocument[] Parse(string text) =>
        [.. BsonSerializer.Deserialize<BsonArray>(text).Select(stage => stage.AsBsonDocument)];

    /// <summary>One stage.</summary>
    internal static BsonDocument Stage(string name, BsonValue value) => new(name, value);

    /// <summary>The pipeline, reading documents of any kind and giving typed results.</summary>
    internal static PipelineDefinition<BsonDocument, TResult> Giving<TResult>(this IEnumerable<BsonDocument> stages) =>
        new BsonDocumentStagePipelineDefinition<BsonDocument, TResult>(stages);
}
