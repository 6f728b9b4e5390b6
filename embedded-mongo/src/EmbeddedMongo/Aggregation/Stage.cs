using EmbeddedMongo.Bson;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation;

/// <summary>One step of a pipeline: documents in, documents out, lazily where it can.</summary>
internal abstract class Stage
{
    /// <summary>
    /// Runs over the documents of the stage before. Documents are shared between stages and inside each other: a stage never changes one,
    /// it makes a copy.
    /// </summary>
    public abstract IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, ExecutionContext context);

    /// <summary>
    /// Adds the top-level fields that the stage reads of its input. Returns true when nothing else of the input reaches
    /// later stages ($group, an inclusion), so that the analysis ends here.
    /// </summary>
    public abstract bool CollectFields(FieldSet into);

    /// <summary>Whether it needs all its input before it yields anything; a cursor's first batch then costs the whole pipeline.</summary>
    public virtual bool IsBlocking => false;
}
