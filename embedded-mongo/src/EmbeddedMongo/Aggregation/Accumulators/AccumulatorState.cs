using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Accumulators;

/// <summary>The state of one accumulator for one group.</summary>
internal abstract class AccumulatorState
{
    /// <summary>Adds a document's value; C# null if it is missing.</summary>
    public abstract void Add(BsonValue? value);

    /// <summary>Adds a value with the document's sort key, for the ranking accumulators ($top and similar).</summary>
    public virtual void Add(BsonValue[] key, BsonValue? value) => Add(value);

    /// <summary>Returns the group's current value; C# null omits the field. More values may be added afterwards.</summary>
    public abstract BsonValue? Result();

    /// <summary>
    /// Whether another value could change the result. If not, no value is evaluated, so none can fail ($first after the first document).
    /// </summary>
    public virtual bool NeedsInput => true;

    /// <summary>Whether the state stored the value that was added last, so that its memory is counted.</summary>
    public virtual bool Grows => false;
}
