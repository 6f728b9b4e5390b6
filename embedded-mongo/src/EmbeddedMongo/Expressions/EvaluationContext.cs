using EmbeddedMongo.Aggregation;
using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions;

/// <summary>
/// The state that expressions are evaluated against: the document at hand and the variables.
/// One belongs to one command (parsing allots the variables' slots in it, running fills them), so it is used by one
/// thread at a time. A stage binds its document immediately before it evaluates.
/// </summary>
internal sealed class EvaluationContext
{
    /// <summary>Slot of $$ROOT.</summary>
    internal const int RootSlot = 0;

    /// <summary>Slot of $$CURRENT, which $let may rebind by declaring a variable of that name.</summary>
    internal const int CurrentSlot = 1;

    private BsonValue?[] _slots = new BsonValue?[8];
    private int _slotCount = 2;
    private long _charged;
    private readonly HashSet<int> _read = [];

    public EvaluationContext(TimeProvider clock, Random? random = null)
    {
        Now = new BsonDateTime(clock.GetUtcNow().ToUnixTimeMilliseconds());
        Random = random ?? Random.Shared;
    }

    /// <summary>$$NOW: the same for every document of the command.</summary>
    public BsonDateTime Now { get; }

    public Random Random { get; }

    /// <summary>Called by long loops inside one expression ($range, $map, $reduce): throws when the command is to stop.</summary>
    public Action? CheckInterrupted { get; set; }

    /// <summary>The document bound last.</summary>
    public BsonDocument Root => (BsonDocument)_slots[RootSlot]!;

    /// <summary>Makes <paramref name="document"/> $$ROOT and $$CURRENT.</summary>
    public void Bind(BsonDocument document)
    {
        _slots[RootSlot] = document;
        _slots[CurrentSlot] = document;
        _charged = 0;
    }

    /// <summary>
    /// Counts what an expression puts into a larger value. Few documents' worth of operators could otherwise multiply
    /// to any size ($map over $range over …): beyond 100 MB for one document it is error 146.
    /// </summary>
    public void Charge(BsonValue? value)
    {
        _charged += MemoryBound.Estimate(value);
        if (_charged > MemoryBound.DefaultLimitBytes)
        {
            throw new MongoErrorException(
                MongoErrorCodes.ExceededMemoryLimit,
                "An expression would use too much memory for one document, and this server does not spill to disk."
            );
        }
    }

    /// <summary>As <see cref="Charge"/>, but long arrays and texts only: small ones are bounded by the size of the command.</summary>
    public void ChargeLong(BsonValue? value)
    {
        if (value is BsonArray { Count: > 1024 } or BsonString { Value.Length: > 4096 })
            Charge(value);
    }

    public BsonValue? this[int slot]
    {
        get => _slots[slot];
        set => _slots[slot] = value;
    }

    /// <summary>
    /// Notes that a parsed expression reads the variable: $lookup runs a sub-pipeline that reads none of its own only once.
    /// </summary>
    internal void MarkRead(int slot) => _read.Add(slot);

    internal bool IsRead(int slot) => _read.Contains(slot);

    internal int AllocateSlot()
    {
        if (_slotCount == _slots.Length)
            Array.Resize(ref _slots, _slotCount * 2);
        return _slotCount++;
    }
}
