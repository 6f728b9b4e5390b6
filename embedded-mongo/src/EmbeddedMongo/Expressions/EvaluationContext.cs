using EmbeddedMongo.Aggregation;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions;

/// <summary>
/// The state that expressions are evaluated against: the current document and the variables.
/// Each command has its own context: parsing allocates the slots of variables and execution fills them. It is used by
/// one thread at a time. A stage binds its document immediately before evaluating.
/// </summary>
internal sealed class EvaluationContext
{
    /// <summary>Slot of $$ROOT.</summary>
    internal const int RootSlot = 0;

    /// <summary>Slot of $$CURRENT, which $let may rebind by declaring a variable of that name.</summary>
    internal const int CurrentSlot = 1;

    private BsonValue?[] _slots = new BsonValue?[8];
    private int _slotCount = 2;
    private IDocumentRow? _row;
    private long _charged;
    private HashSet<int>? _readSlots;

    public EvaluationContext(TimeProvider clock, Random? random = null)
    {
        Now = new BsonDateTime(clock.GetUtcNow().ToUnixTimeMilliseconds());
        Random = random ?? Random.Shared;
    }

    /// <summary>$$NOW: the same for every document of the command.</summary>
    public BsonDateTime Now { get; }

    public Random Random { get; }

    /// <summary>The collation of the command, for every comparison of values; null for the simple one.</summary>
    public Collation? Collation { get; init; }

    /// <summary>Called by long loops within one expression ($range, $map, $reduce). Throws if the command has to stop.</summary>
    public Action? CheckInterrupted { get; set; }

    /// <summary>The most recently bound document.</summary>
    public BsonDocument Root => (BsonDocument)this[RootSlot]!;

    /// <summary>Binds <paramref name="document"/> to $$ROOT and $$CURRENT.</summary>
    public void Bind(BsonDocument document)
    {
        _slots[RootSlot] = document;
        _slots[CurrentSlot] = document;
        _row = null;
        _charged = 0;
    }

    /// <summary>Binds a document that is decoded only if an expression reads it as a whole.</summary>
    public void Bind(IDocumentRow row)
    {
        _slots[RootSlot] = null;
        _slots[CurrentSlot] = null;
        _row = row;
        _charged = 0;
    }

    /// <summary>Returns the value at a path of the bound document; null if missing.</summary>
    public BsonValue? Read(FieldPathExpression path) => _row is null ? FieldPath.Read(_slots[RootSlot], path.Parts) : _row.Read(path);

    /// <summary>
    /// Adds up the values that an expression puts into larger ones. Without a limit, a few nested operators could produce
    /// any size ($map over $range over …). Throws error 146 beyond 100 MB for one document.
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

    /// <summary>Like <see cref="Charge"/>, but only for long arrays and strings; the size of the command limits short ones.</summary>
    public void ChargeLong(BsonValue? value)
    {
        if (value is BsonArray { Count: > 1024 } or BsonString { Value.Length: > 4096 })
            Charge(value);
    }

    public BsonValue? this[int slot]
    {
        get => _slots[slot] ?? (slot <= CurrentSlot ? DecodeRow() : null);
        set => _slots[slot] = value;
    }

    /// <summary>
    /// Records that a parsed expression reads the variable. $lookup runs a sub-pipeline only once if it reads none of its variables.
    /// </summary>
    internal void MarkRead(int slot) => (_readSlots ??= []).Add(slot);

    internal bool IsRead(int slot) => _readSlots?.Contains(slot) == true;

    private BsonDocument? DecodeRow()
    {
        if (_row is null)
            return null;
        _slots[RootSlot] = _slots[CurrentSlot] = _row.Document;
        return Root;
    }

    internal int AllocateSlot()
    {
        if (_slotCount == _slots.Length)
            Array.Resize(ref _slots, _slotCount * 2);
        return _slotCount++;
    }
}
