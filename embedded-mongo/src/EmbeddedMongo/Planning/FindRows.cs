using EmbeddedMongo.Aggregation;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Cursors;
using EmbeddedMongo.Expressions;
using EmbeddedMongo.Query;
using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Storage;
using MongoDB.Bson;

namespace EmbeddedMongo.Planning;

/// <summary>
/// The result of a query: access path, remaining filter, sort, skip, limit and projection. Most filters are checked on the stored bytes;
/// otherwise only the fields that the filter reads are decoded. Only documents that are returned are projected. Disposes the snapshot
/// unless it is constructed with <c>ownsSnapshot: false</c>.
/// </summary>
internal sealed class FindRows : RowStream, IDocumentRow
{
    private const int CheckInterval = 128;

    private readonly CollectionSnapshot _snapshot;
    private readonly bool _ownsSnapshot;
    private readonly FindQuery _query;
    private readonly DocumentScan _scan;
    private readonly Action _checkInterrupted;
    private readonly MatchExpression? _filter;
    private readonly RawFilter? _rawFilter;
    private FieldSet? _needed;
    private SortSpec? _sort;
    private readonly PooledBuffer _stored = new();
    private readonly PooledBuffer _projected = new();
    private IEnumerator<long>? _sorted;
    private BsonDocument? _decoded;
    private bool _isProjected;
    private long _toSkip;
    private long _returned;
    private int _untilCheck = CheckInterval;

    public FindRows(CollectionSnapshot snapshot, FindQuery query, AccessPath path, Action checkInterrupted, bool ownsSnapshot = true)
    {
        _ownsSnapshot = ownsSnapshot;
        _snapshot = snapshot;
        _query = query;
        _checkInterrupted = checkInterrupted;
        Path = path;
        _toSkip = query.Skip;
        _filter = path.CoversFilter ? null : query.Filter;
        var found = query is { DecodesRows: true, Needed.All: false } ? query.Needed : null;
        _rawFilter = _filter is null && found is null ? null : RawFilter.Compile(_filter ?? AlwaysTrueExpression.Instance, found);
        _sort = path.ProvidesSort || query.Sort is not { Fields.Count: > 0 } ? null : query.Sort;
        _needed = GetFieldsToDecode();
        path.CountUses();
        _scan = DocumentScan.Open(
            snapshot,
            path,
            checkInterrupted,
            isShort: query.Limit > 0 && _sort is null,
            inAnyOrder: _sort is not null || query is { Limit: 0, Skip: 0, Sort: not { Fields.Count: > 0 } }
        );
    }

    public AccessPath Path { get; }

    /// <summary>Plans the query and opens its rows. The rows own the snapshot, which is also disposed if planning fails.</summary>
    public static FindRows Open(CollectionSnapshot snapshot, FindQuery query, Action checkInterrupted)
    {
        try
        {
            var path = QueryPlanner.Plan(snapshot, query);
            return new FindRows(snapshot, query, path, checkInterrupted);
        }
        catch
        {
            snapshot.Dispose();
            throw;
        }
    }

    /// <summary>Whether documents are sorted in memory because no index provides the order.</summary>
    public bool SortsInMemory => _sort is not null;

    /// <summary>Whether the documents of a path are skipped by their index keys, without being fetched.</summary>
    public static bool SkipsKeys(FindQuery query, AccessPath path) =>
        query.Skip > 0 && path is IndexPath { CoversFilter: true } && (path.ProvidesSort || query.Sort is not { Fields.Count: > 0 });

    public DocumentScan Scan => _scan;

    /// <summary>Number of documents returned so far.</summary>
    public long Returned => _returned;

    /// <summary>Number of documents that matched the filter so far, before skip and limit.</summary>
    public long Matched { get; private set; }

    /// <summary>Record number of the current document, for updates and deletes.</summary>
    public long Record => _sorted is null ? _scan.Record : _sorted.Current;

    /// <summary>The stored bytes of the current document, before the projection.</summary>
    public ReadOnlySpan<byte> Stored => _sorted is null ? _scan.Document : _stored.WrittenSpan;

    /// <summary>
    /// The current document with at least the fields in <see cref="FindQuery.Needed"/>. The caller may keep it.
    /// </summary>
    public BsonDocument Document => _decoded ??= HasFoundFields ? _rawFilter!.Decode(Stored) : BsonDecoder.Decode(Stored, _query.Needed);

    public BsonValue? Read(FieldPathExpression path) =>
        HasFoundFields ? _rawFilter!.Read(Stored, path) : FieldPath.Read(Document, path.Parts);

    public override ReadOnlySpan<byte> Current
    {
        get
        {
            if (_query.Projection is not { IsIdentity: false } projection)
                return Stored;

            if (!_isProjected)
            {
                _projected.Clear();
                projection.Write(_projected, Stored);
                _isProjected = true;
            }

            return _projected.WrittenSpan;
        }
    }

    public override bool MoveNext()
    {
        _isProjected = false;
        if (_query.Limit > 0 && _returned >= _query.Limit)
            return false;

        if (_sort is null ? !MoveNextInScan() : !MoveNextSorted())
            return false;

        _returned++;
        return true;
    }

    public override void Dispose()
    {
        _sorted?.Dispose();
        _scan.Dispose();
        _stored.Dispose();
        _projected.Dispose();
        if (_ownsSnapshot)
            _snapshot.Dispose();
    }

    /// <summary>Whether the raw filter has found the fields of the current document that the caller needs.</summary>
    private bool HasFoundFields => _sort is null && _decoded is null && _rawFilter is { IsComplete: true, FindsFields: true };

    private FieldSet? GetFieldsToDecode()
    {
        var needed = new FieldSet();
        _filter?.CollectFields(needed);
        _sort?.CollectFields(needed);
        if (_sort is null && _query.DecodesRows)
        {
            if (_query.Needed is null)
                return null;

            needed.UnionWith(_query.Needed);
        }

        return needed;
    }

    /// <summary>Returns the current document with at least the given fields.</summary>
    private BsonDocument Decode(FieldSet? needed) => _decoded ?? BsonDecoder.Decode(Stored, needed);

    private bool MoveNextInScan()
    {
        for (; _toSkip > 0; _toSkip--)
        {
            if (!(_filter is null ? SkipNext() : MoveToNextMatch()))
                return MoveNextInRest();
        }

        return MoveToNextMatch() || MoveNextInRest();
    }

    /// <summary>Continues with documents that the scan no longer finds in order.</summary>
    private bool MoveNextInRest()
    {
        if (!_scan.HasUnsortedRest)
            return false;

        if (_query.Sort is not { Fields.Count: > 0 } sort)
            return MoveNextInScan();

        _sort = sort;
        _needed = GetFieldsToDecode();
        return MoveNextSorted();
    }

    /// <summary>Skips one document of a scan that finds only matches.</summary>
    private bool SkipNext()
    {
        CountTowardsCheck();
        if (!_scan.SkipNext())
            return false;

        Matched++;
        return true;
    }

    /// <summary>Moves the scan to the next document that matches the filter. Decodes only the fields that the filter needs.</summary>
    private bool MoveToNextMatch()
    {
        while (_scan.MoveNext())
        {
            CountTowardsCheck();
            if (MatchesFilter())
            {
                _scan.AcceptCurrent();
                Matched++;
                return true;
            }
        }

        return false;
    }

    private void CountTowardsCheck()
    {
        if (--_untilCheck <= 0)
        {
            _untilCheck = CheckInterval;
            _checkInterrupted();
        }
    }

    /// <summary>
    /// Returns whether the scan's document matches the filter. Decodes it only if the raw filter does not decide, and keeps it only if the
    /// caller or a sort reads it.
    /// </summary>
    private bool MatchesFilter()
    {
        _decoded = null;
        if (_rawFilter is not null && !_rawFilter.Matches(_scan.Document))
            return false;

        if (_filter is null || _rawFilter is { IsComplete: true })
            return true;

        var document = BsonDecoder.Decode(_scan.Document, _needed);
        if (!_filter.Matches(document))
            return false;

        _decoded = _sort is not null || _query.DecodesRows ? document : null;
        return true;
    }

    private bool MoveNextSorted()
    {
        _sorted ??= Sort().GetEnumerator();
        while (_sorted.MoveNext())
        {
            if (_toSkip > 0)
            {
                _toSkip--;
                continue;
            }

            _decoded = null;
            _stored.Clear();
            return _snapshot.Collection.TryGetDocument(Record, _stored, _snapshot.View);
        }

        return false;
    }

    /// <summary>Sorts the matches. Keeps only keys and record numbers in memory: the documents are read again in sort order.</summary>
    private IEnumerable<long> Sort()
    {
        var sorter = new DocumentSorter<long>(_sort!, _query.Limit > 0 ? _query.Limit + _query.Skip : long.MaxValue);
        while (MoveToNextMatch())
            sorter.Add(Decode(_needed), _scan.Record);

        return sorter.GetSorted();
    }
}
