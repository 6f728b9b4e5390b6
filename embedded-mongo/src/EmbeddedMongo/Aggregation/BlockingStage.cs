using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation;

/// <summary>A stage that reads all of its input before it yields anything.</summary>
internal abstract class BlockingStage : Stage
{
    public sealed override bool IsBlocking => true;

    /// <summary>Creates a collector without documents. $facet fills those of several pipelines at the same time.</summary>
    public abstract DocumentCollector CreateCollector(ExecutionContext context);

    public sealed override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, ExecutionContext context) =>
        RunRows(DecodedRow.Enumerate(input), context);

    public sealed override IEnumerable<BsonDocument> RunRows(IEnumerable<IDocumentRow> rows, ExecutionContext context)
    {
        var collector = CreateCollector(context);
        foreach (var row in rows)
        {
            context.Tick();
            collector.Add(row);
        }

        foreach (var result in collector.Complete())
            yield return result;
    }
}

/// <summary>Collects the input of a blocking stage.</summary>
internal abstract class DocumentCollector
{
    public abstract void Add(IDocumentRow row);

    /// <summary>Returns the stage's results after the last document was added. Called once.</summary>
    public abstract IEnumerable<BsonDocument> Complete();
}
