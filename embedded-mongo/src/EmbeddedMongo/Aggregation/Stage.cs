using EmbeddedMongo.Bson;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation;

/// <summary>One step of a pipeline. It reads and yields documents lazily where possible.</summary>
internal abstract class Stage
{
    /// <summary>
    /// Runs over the documents of the previous stage. Documents are shared between stages and nested in each other, so a stage never
    /// changes a document but copies it.
    /// </summary>
    public abstract IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, ExecutionContext context);

    /// <summary>Runs over documents as they are stored. Stages that read few fields override it, so that no document is decoded.</summary>
    public virtual IEnumerable<BsonDocument> RunRows(IEnumerable<IDocumentRow> rows, ExecutionContext context) =>
        Run(rows.Select(row => row.Document), context);

    /// <summary>
    /// Adds the fields that the stage reads from its input. Returns true if nothing else of the input reaches
    /// later stages ($group, an inclusion), so that the analysis ends here.
    /// </summary>
    public abstract bool CollectFields(FieldSet into);

    /// <summary>
    /// Whether a filter that reads the given fields selects the same results before the stage as after it. The stage then sees fewer
    /// documents, and the planner may use an index.
    /// </summary>
    public virtual bool CanFilterBefore(FieldSet read) => false;

    /// <summary>Whether the stage reads all of its input before it yields anything. The first batch then costs the whole run.</summary>
    public virtual bool IsBlocking => false;

    /// <summary>Whether each document's results depend on that document only, so that the input can be divided into batches.</summary>
    public virtual bool IsPerDocument => false;
}
