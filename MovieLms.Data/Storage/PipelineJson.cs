using MongoDB.Bson;
using MongoDB.Bson.Serialization;

namespace MovieLms.Data.Storage;

/// <summary>Aggregation pipelines written as JSON, as the MongoDB shell accepts them.</summary>
internal static class PipelineJson
{
    /// <summary>Returns the stages of a JSON array. Parse fixed stages once, into a static field.</summary>
    internal static BsonDocument[] Parse(string json) =>
        [.. BsonSerializer.Deserialize<BsonArray>(json).Select(stage => stage.AsBsonDocument)];
}
