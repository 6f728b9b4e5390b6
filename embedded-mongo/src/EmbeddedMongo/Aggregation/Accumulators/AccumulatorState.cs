using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Accumulators;

/// <summary>What one accumulator holds of one group.</summary>
internal abstract class AccumulatorState
{
    /// <summary>Takes a document's value in; C# null when missing.</summary>
    public abstract void Add(BsonValue? value);

    /// <summary>As <see cref="Add(BsonValue?)"/> with the document's sort key, for the accumulators that rank ($top …).</summary>
    public virtual void Add(BsonValue[] key, BsonValue? value) => Add(value);

    /// <summary>The group's value now; C# null leaves the field out. More may be added afterwards.</summary>
    public abstract BsonValue? Result();

    /// <summary>
    /// Whether another value could change the result. When not, none is computed (and none can fail): $first of the later documents.
    /// </summary>
    public virtual bool NeedsInput => true;

    /// <summary>Whether the state holds the value that was added last, so that $group counts its memory.</summary>
    public virtual bool Grows => false;
}
