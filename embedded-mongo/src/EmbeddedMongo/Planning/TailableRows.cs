using EmbeddedMongo.Bson;
using EmbeddedMongo.Cursors;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Storage;

namespace EmbeddedMongo.Planning;

/// <summary>
/// The rows of a tailable cursor (manual: "Tailable Cursors"): the documents of a capped collection in insertion order. Each batch reads a
/// new snapshot, from the document that the last one ended with.
/// </summary>
internal sealed class TailableRows(Collection collection, FindQuery query, bool awaitsData, Action checkInterrupted) : RowStream
{
    private readonly FindQuery _batch = query with { Skip = 0, Limit = 0, Hint = null, Sort = null };
    private readonly PooledBuffer _kept = new();
    private FindRows? _rows;
    private long _position;
    private long _toSkip = query.Skip;
    private long _returned;

    public override ReadOnlySpan<byte> Current => _rows is null ? _kept.WrittenSpan : _rows.Current;

    /// <summary>Whether there is a document to continue from. A cursor over an empty collection ends, as in MongoDB.</summary>
    public override bool CanGrow => Position > 0 && !IsLimitReached;

    public override bool AwaitsData => awaitsData;

    /// <summary>Record number of the last document that was read, whether it matched or not.</summary>
    private long Position => _rows is null ? _position : ((CollectionScan)_rows.Scan).LastRecord;

    private bool IsLimitReached => query.Limit > 0 && _returned >= query.Limit;

    public override Task WaitForInsertAsync() => collection.Inserted.WaitAsync();

    public override bool MoveNext()
    {
        if (IsLimitReached)
            return false;

        _rows ??= Open();
        while (_rows.MoveNext())
        {
            if (_toSkip > 0)
            {
                _toSkip--;
                continue;
            }

            _returned++;
            return true;
        }

        Suspend(keepCurrent: false);
        return false;
    }

    public override void Suspend(bool keepCurrent)
    {
        if (_rows is null)
            return;

        _kept.Clear();
        if (keepCurrent)
            _kept.Write(_rows.Current);

        _position = Position;
        _rows.Dispose();
        _rows = null;
    }

    public override void Dispose()
    {
        _rows?.Dispose();
        _kept.Dispose();
    }

    private FindRows Open()
    {
        var snapshot =
            CollectionSnapshot.Take(collection)
            ?? throw new MongoErrorException(175, "QueryPlanKilled", $"collection dropped: {collection.Namespace}");
        try
        {
            return new FindRows(snapshot, _batch, new CollectionScanPath(Backward: false) { After = _position }, checkInterrupted);
        }
        catch
        {
            snapshot.Dispose();
            throw;
        }
    }
}
