using EmbeddedMongo.Aggregation.Stages;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Joins;

/// <summary>Finds the documents that a $lookup joins to a document. Results are shared between calls and must not be changed.</summary>
internal abstract class Join
{
    public abstract BsonArray Find(BsonDocument local);

    protected static BsonArray Collect(IEnumerable<BsonDocument> documents, MemoryBound bound)
    {
        var array = new BsonArray();
        foreach (var document in documents)
        {
            bound.Add(document);
            array.Add(document);
        }
        return array;
    }
}

/// <summary>Joins by a sub-pipeline without an equality. A pipeline that reads no variables runs once.</summary>
internal sealed class PipelineJoin(ExecutionContext context, string? collection, Pipeline pipeline, bool correlated) : Join
{
    private BsonArray? _result;

    public override BsonArray Find(BsonDocument local)
    {
        if (correlated)
            return Run();
        return _result ??= Run();
    }

    private BsonArray Run() =>
        Collect(SubPipeline.Run(collection, pipeline, context), new MemoryBound("$lookup", context.MemoryLimitBytes));
}
