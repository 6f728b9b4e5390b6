using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Storage;

namespace EmbeddedMongo.Planning;

/// <summary>The documents found by an access path, and the cost of finding them. Owns its iterators but not the snapshot.</summary>
internal abstract class DocumentScan : IDisposable
{
    public abstract long KeysExamined { get; }

    public long DocsExamined { get; protected set; }

    /// <summary>Record number of the current document.</summary>
    public abstract long Record { get; }

    /// <summary>Bytes of the current document, valid until the next call of <see cref="MoveNext"/>.</summary>
    public abstract ReadOnlySpan<byte> Document { get; }

    /// <summary>
    /// Whether the scan no longer provides the sort: <see cref="MoveNext"/> has returned false, and its next calls find the remaining
    /// documents in any order.
    /// </summary>
    public virtual bool HasUnsortedRest => false;

    public abstract bool MoveNext();

    /// <summary>Called when the current document matches the whole filter, which the scan may cover only in part.</summary>
    public virtual void AcceptCurrent() { }

    /// <summary>Like <see cref="MoveNext"/>, for a document that is not read. An index scan then moves to the next key only.</summary>
    public virtual bool SkipNext() => MoveNext();

    public abstract void Dispose();

    /// <summary>Opens a scan. <paramref name="checkInterrupted"/> is called during long reads of index keys.</summary>
    /// <param name="snapshot">The collection.</param>
    /// <param name="path">The access path.</param>
    /// <param name="checkInterrupted">Throws if the command must stop.</param>
    /// <param name="isShort">Whether the caller probably reads only the first documents.</param>
    /// <param name="inAnyOrder">Whether the caller needs no order. It probably reads all documents and skips none.</param>
    public static DocumentScan Open(
        CollectionSnapshot snapshot,
        AccessPath path,
        Action checkInterrupted,
        bool isShort = false,
        bool inAnyOrder = false
    ) =>
        path switch
        {
            CollectionScanPath scan => new CollectionScan(snapshot, scan, isShort),
            IdPath id => new IdScan(snapshot, id),
            IndexPath index => new FetchScan(snapshot, index, checkInterrupted, inAnyOrder),
            AndPath and => new AndScan(snapshot, and, checkInterrupted),
            OrPath or => new OrScan(snapshot, or, checkInterrupted, inAnyOrder),
            _ => new EmptyScan(),
        };
}

/// <summary>A scan of the whole collection (COLLSCAN).</summary>
internal sealed class CollectionScan(CollectionSnapshot snapshot, CollectionScanPath path, bool isShort) : DocumentScan
{
    private readonly DocumentCursor _documents = new(snapshot, keepInCache: isShort);
    private bool _started;

    public override long KeysExamined => 0;

    public override long Record => _documents.Record;

    /// <summary>Record number of the last document, also at the end of the scan.</summary>
    public long LastRecord { get; private set; } = path.After;

    public override ReadOnlySpan<byte> Document => _documents.Document;

    public override bool MoveNext()
    {
        if (!(_started ? Move() : MoveToStart()))
            return false;

        LastRecord = Record;
        DocsExamined++;
        return true;
    }

    public override void Dispose() => _documents.Dispose();

    private bool Move() => path.Backward ? _documents.MovePrevious() : _documents.MoveNext();

    private bool MoveToStart()
    {
        _started = true;
        if (path.After == 0)
            return path.Backward ? _documents.MoveToLast() : _documents.MoveToFirst();

        if (!_documents.MoveTo(path.After))
        {
            throw new MongoErrorException(
                MongoErrorCodes.CappedPositionLost,
                $"CollectionScan died due to failure to restore tailable cursor position. Last seen record id: {path.After}"
            );
        }

        return _documents.MoveNext();
    }
}

/// <summary>A lookup by _id (IDHACK). The _id index has one record for each value.</summary>
internal sealed class IdScan(CollectionSnapshot snapshot, IdPath path) : DocumentScan
{
    private readonly PooledBuffer _buffer = new();
    private bool _done;
    private long _record;

    public override long Record => _record;

    public override long KeysExamined => DocsExamined;

    public override ReadOnlySpan<byte> Document => _buffer.WrittenSpan;

    public override bool MoveNext()
    {
        if (_done)
            return false;

        _done = true;
        var key = Indexes.KeyEncoder.Encode(path.Id);
        if (
            snapshot.Collection.FindUnique(path.Index, key, snapshot.View) is not { } record
            || !snapshot.Collection.TryGetDocument(record, _buffer, snapshot.View)
        )
        {
            return false;
        }

        _record = record;
        DocsExamined++;
        return true;
    }

    public override void Dispose() => _buffer.Dispose();
}

/// <summary>
/// A scan of an index that fetches each document (FETCH over IXSCAN). In any order, after many documents it reads many keys at a time and
/// fetches their documents in storage order.
/// </summary>
internal sealed class FetchScan(CollectionSnapshot snapshot, IndexPath path, Action checkInterrupted, bool inAnyOrder) : DocumentScan
{
    /// <summary>Number of documents to fetch in index order first: a caller that reads only a few needs no other keys.</summary>
    internal const int OrderedDocuments = 250;

    /// <summary>Minimum number of records to read before their documents are fetched: about 10 ms.</summary>
    internal const int MinRecords = 16_384;

    /// <summary>Number of further records to read for each document found so far, so that few blocks are read twice.</summary>
    private const int RecordsPerDocument = 4;

    private const int CheckInterval = 1024;

    private readonly IndexKeyScan _keys = new(snapshot, path);
    private readonly PooledBuffer _buffer = new();
    private StoredRecords? _rest;

    public override long KeysExamined => _keys.KeysExamined;

    public override long Record => _rest?.Record ?? _keys.Record;

    public override ReadOnlySpan<byte> Document => _rest is null ? _buffer.WrittenSpan : _rest.Document;

    public override bool MoveNext()
    {
        if (!(inAnyOrder && DocsExamined >= OrderedDocuments ? MoveNextStored() : MoveNextInOrder()))
            return false;

        DocsExamined++;
        return true;
    }

    public override bool SkipNext() => _keys.MoveNext();

    public override void Dispose()
    {
        _rest?.Dispose();
        _keys.Dispose();
        _buffer.Dispose();
    }

    private bool MoveNextInOrder()
    {
        while (_keys.MoveNext())
        {
            _buffer.Clear();
            if (snapshot.Collection.TryGetDocument(_keys.Record, _buffer, snapshot.View))
                return true;
        }

        return false;
    }

    private bool MoveNextStored()
    {
        while (_rest?.MoveNext() != true)
        {
            _rest?.Dispose();
            _rest = null;
            var records = ReadKeys();
            if (records.Count == 0)
                return false;

            _rest = new StoredRecords(snapshot, records);
        }

        return true;
    }

    private RecordSet ReadKeys()
    {
        var records = new RecordSet();
        var max = Math.Max(MinRecords, DocsExamined * RecordsPerDocument);
        while (records.Count < max && _keys.MoveNext())
        {
            records.Add(_keys.Record);
            if (records.Count % CheckInterval == 0)
                checkInterrupted();
        }

        return records;
    }
}

/// <summary>A scan of the branches of an <c>$or</c>, one after the other. Documents that were already returned are skipped.</summary>
internal sealed class OrScan(CollectionSnapshot snapshot, OrPath path, Action checkInterrupted, bool inAnyOrder) : DocumentScan
{
    private readonly DocumentScan[] _branches = Array.ConvertAll(
        path.Branches,
        branch => Open(snapshot, branch, checkInterrupted, inAnyOrder: inAnyOrder)
    );
    private readonly RecordSet _seen = new();
    private int _current;

    public override long KeysExamined => _branches.Sum(branch => branch.KeysExamined);

    public override long Record => _branches[_current].Record;

    public override ReadOnlySpan<byte> Document => _branches[_current].Document;

    public IReadOnlyList<DocumentScan> Branches => _branches;

    public override bool MoveNext()
    {
        for (; _current < _branches.Length; _current++)
        {
            var branch = _branches[_current];
            while (branch.MoveNext())
            {
                DocsExamined = _branches.Sum(b => b.DocsExamined);
                if (_seen.Add(branch.Record))
                    return true;
            }
        }

        DocsExamined = _branches.Sum(b => b.DocsExamined);
        return false;
    }

    public override void Dispose()
    {
        foreach (var branch in _branches)
            branch.Dispose();
    }
}

/// <summary>A scan that finds nothing (EOF).</summary>
internal sealed class EmptyScan : DocumentScan
{
    public override long KeysExamined => 0;

    public override long Record => 0;

    public override ReadOnlySpan<byte> Document => default;

    public override bool MoveNext() => false;

    public override void Dispose() { }
}
