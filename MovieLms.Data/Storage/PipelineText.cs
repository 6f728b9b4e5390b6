using MongoDB.Bson;
using MongoDB.Bson.Serialization;
using MongoDB.Driver;

namespace MovieLms.Data.Storage;

/// <summary>Parses pipelines that are written as in the MongoDB shell, so that they can be read and tried out unchanged.</summary>
internal static class PipelineText
{
    /// <summary>Parses a JSON array of stages.</summary>
    internal static BsonDocument[] Parse(string text) =>
        [.. BsonSerializer.Deserialize<BsonArray>(text).Select(stage => stage.AsBsonDocument)];

    /// <summary>Creates one stage.</summary>
    internal static BsonDocument Stage(string name, BsonValue value) => new(name, value);

    /// <summary>Converts the stages to a pipeline with typed results.</summary>
    internal static PipelineDefinition<BsonDocument, TResult> ToPipeline<TResult>(this IEnumerable<BsonDocument> stages) =>
        new BsonDocumentStagePipelineDefinition<BsonDocument, TResult>(stages);
}
