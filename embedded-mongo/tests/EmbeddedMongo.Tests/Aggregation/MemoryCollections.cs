using EmbeddedMongo.Aggregation;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Expressions;
using EmbeddedMongo.Query.Matching;
using MongoDB.Bson;
using ExecutionContext = EmbeddedMongo.Aggregation.ExecutionContext;

namespace EmbeddedMongo.Tests.Aggregation;

/// <summary>In-memory collections for testing stages without a server. Records the filters it receives.</summary>
internal sealed class MemoryCollections : ICollectionReader
{
    private readonly Dictionary<string, List<BsonDocument>> _collections = new(StringComparer.Ordinal);
    private readonly HashSet<string> _indexes = new(StringComparer.Ordinal);

    public List<MatchExpression> Filters { get; } = [];

    public MemoryCollections With(string name, params IEnumerable<string> documents)
    {
        _collections[name] = [.. documents.Select(BsonDocument.Parse)];
        return this;
    }

    public MemoryCollections WithIndex(string collection, string path)
    {
        _indexes.Add($"{collection}.{path}");
        return this;
    }

    public IEnumerable<BsonDocument> Find(string collection, MatchExpression filter, FieldSet? needed)
    {
        Filters.Add(filter);
        return _collections.TryGetValue(collection, out var documents) ? documents.Where(filter.Matches) : [];
    }

    public bool Exists(string collection) => _collections.ContainsKey(collection);

    public bool HasIndexOn(string collection, string path) => _indexes.Contains($"{collection}.{path}");

    /// <summary>Runs a pipeline, given as extended JSON, on one of the collections.</summary>
    public List<BsonDocument> Run(string collection, string pipeline, long? memoryLimit = null, Action? checkInterrupted = null)
    {
        var evaluation = new EvaluationContext(TimeProvider.System, new Random(1));
        var parsed = PipelineParser.Parse((BsonArray)Expressions.Evaluate.Read(pipeline), evaluation);
        var context = new ExecutionContext(this, evaluation, checkInterrupted)
        {
            MemoryLimitBytes = memoryLimit ?? MemoryBound.DefaultLimitBytes,
        };
        return [.. parsed.Run(_collections.GetValueOrDefault(collection) ?? [], context)];
    }

    public static Pipeline Parse(string pipeline) =>
        PipelineParser.Parse((BsonArray)Expressions.Evaluate.Read(pipeline), new EvaluationContext(TimeProvider.System));
}
