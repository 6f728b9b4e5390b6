using MongoDB.Bson;
using MongoDB.Bson.Serialization;

namespace MovieLms.Data.Analytics;

/// <summary>An aggregation pipeline with an explanation of each stage. The stores run the stages that are shown to readers.</summary>
/// <param name="Collection">The collection that the first stage reads.</param>
/// <param name="Stages">The stages in order.</param>
public sealed record ExplainedPipeline(string Collection, IReadOnlyList<ExplainedStage> Stages)
{
    internal IEnumerable<BsonDocument> Documents => Stages.Select(stage => stage.Document);
}

/// <summary>A stage of a pipeline.</summary>
public sealed class ExplainedStage
{
    /// <param name="explanation">One sentence or two about what the stage does for the analytic.</param>
    /// <param name="json">The stage as JSON.</param>
    internal ExplainedStage(string explanation, string json)
        : this(explanation, BsonSerializer.Deserialize<BsonDocument>(json)) { }

    internal ExplainedStage(string explanation, string name, BsonValue value)
        : this(explanation, new BsonDocument(name, value)) { }

    internal ExplainedStage(string explanation, BsonDocument document) => (Explanation, Document) = (explanation, document);

    /// <summary>What the stage does for the analytic, in plain English.</summary>
    public string Explanation { get; }

    /// <summary>The stage as relaxed extended JSON (https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/).</summary>
    public string Json => RelaxedJson.Serialize(Document);

    internal BsonDocument Document { get; }
}
