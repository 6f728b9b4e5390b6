using EmbeddedMongo.Bson;
using EmbeddedMongo.Storage;

namespace EmbeddedMongo.Planning;

/// <summary>
/// Finds the documents of an <see cref="AndPath"/>. Without an ordered index, intersects the records of the index keys and fetches those
/// that remain. With one, walks it. The walk fetches every document until enough documents have been examined to read the keys of a term
/// instead, and then skips documents outside the intersection. If few candidates remain, or the walk skips many keys without reaching one,
/// it ends and leaves them to be sorted.
/// </summary>
internal sealed class AndScan : DocumentScan
{
    /// <summary>Number of keys that cost as much as one document of the walk, whose data block must be found and decompressed.</summary>
    private const int KeysPerDocument = 50;

    /// <summary>Number of keys that cost as much as one candidate. Candidates are fetched in storage order, so they share blocks.</summary>
    private const int KeysPerCandidate = 20;

    /// <summary>Minimum number of keys to read of each term before the walk.</summary>
    private const int MinFirstKeys = 1_000;

    /// <summary>Maximum number of keys to read of each of several terms before the walk.</summary>
    private const int MaxFirstKeys = 12_000;

    /// <summary>With several terms, one is intersected before the walk if fewer than one in this many documents have it.</summary>
    private const int RareShare = 80;

    /// <summary>Number of documents of the walk, per document to find, before the keys are read.</summary>
    private const int FirstBudgetPerDocument = 5;

    private const int MinFirstBudget = 100;

    /// <summary>Number of documents after which the keys are read regardless of their number.</summary>
    private const int MaxBudget = 5_000;

    /// <summary>Number of documents between intersections of further terms after <see cref="MaxBudget"/>.</summary>
    private const int NextBudget = 1_000;

    /// <summary>Maximum number of documents to examine in total instead of more keys.</summary>
    private const int MaxDocuments = 10_000;

    /// <summary>Maximum number of keys to read of a further term, relative to those of the rarest term.</summary>
    private const int MaxKeyRatio = 4;

    private const int CheckInterval = 1024;

    private readonly CollectionSnapshot _snapshot;
    private readonly Action _checkInterrupted;
    private readonly IndexKeyScan? _walk;
    private readonly List<RecordKeys> _kept = [];
    private readonly List<RecordKeys> _pending;
    private readonly PooledBuffer _buffer = new();
    private readonly RecordSet _examined = new();
    private readonly long _limit;
    private RecordSet? _candidates;
    private StoredRecords? _fetched;
    private long _nextNarrowing;
    private long _matches;
    private long _skippedKeys;
    private bool _started;
    private bool _hasRest;
    private bool _walkEnded;

    public AndScan(CollectionSnapshot snapshot, AndPath path, Action checkInterrupted)
    {
        _snapshot = snapshot;
        _checkInterrupted = checkInterrupted;
        _pending = [.. path.Terms.Select(term => new RecordKeys(snapshot, term, checkInterrupted))];
        _walk = path.Walk is null ? null : new IndexKeyScan(snapshot, path.Walk, checkInterrupted);
        _limit = path.Limit;
        _nextNarrowing = Math.Max(MinFirstBudget, FirstBudgetPerDocument * path.Limit);
    }

    public override long KeysExamined => WalkedKeys + Terms.Sum(term => term.KeysExamined);

    public long WalkedKeys => _walk?.KeysExamined ?? 0;

    /// <summary>The terms in the order in which they were intersected, then the others.</summary>
    public IEnumerable<RecordKeys> Terms => _kept.Concat(_pending);

    /// <summary>Whether only documents in the intersection are found, as opposed to all documents of the walk.</summary>
    public bool IsIntersected => _candidates is not null;

    public override bool HasUnsortedRest => _hasRest;

    public override long Record => _fetched?.Record ?? _walk!.Record;

    public override ReadOnlySpan<byte> Document => _fetched is null ? _buffer.WrittenSpan : _fetched.Document;

    public override bool MoveNext()
    {
        if (!_started)
            Start();

        return _fetched is null ? MoveNextInWalk() : MoveNextCandidate();
    }

    public override void AcceptCurrent() => _matches++;

    public override void Dispose()
    {
        _fetched?.Dispose();
        _walk?.Dispose();
        foreach (var term in Terms)
            term.Dispose();

        _buffer.Dispose();
    }

    /// <summary>Intersects the keys, or with a walk, only if a term is rare.</summary>
    private void Start()
    {
        _started = true;
        if (_walk is not null)
        {
            var rare = Math.Min(_snapshot.Collection.LastRecordNumber / RareShare, MaxFirstKeys);
            Narrow(_pending.Count > 1 ? Math.Max(rare, MinFirstKeys) : MinFirstKeys);
            return;
        }

        while (_pending.Count > 0 && (_candidates is null || _candidates.Count > MaxDocuments))
            Narrow(long.MaxValue);

        _fetched = new StoredRecords(_snapshot, _candidates!);
    }

    private bool MoveNextCandidate()
    {
        _hasRest = false;
        if (!_fetched!.MoveNext())
            return false;

        DocsExamined++;
        return true;
    }

    private bool MoveNextInWalk()
    {
        while (!_walkEnded)
        {
            if (_pending.Count > 0 && DocsExamined >= _nextNarrowing)
                NarrowWalk();

            if (ShouldFetchCandidates())
            {
                _fetched = new StoredRecords(_snapshot, _candidates!);
                _hasRest = true;
                return false;
            }

            if (_candidates is { Count: 0 } || !_walk!.MoveNext())
            {
                _walkEnded = true;
                return false;
            }

            if (_candidates is null)
            {
                _examined.Add(_walk.Record);
            }
            else if (!_candidates.Remove(_walk.Record))
            {
                if (++_skippedKeys % CheckInterval == 0)
                    _checkInterrupted();

                continue;
            }

            if (Fetch(_walk.Record))
                return true;
        }

        return false;
    }

    /// <summary>
    /// Returns whether fetching and sorting the candidates is expected to cost less than walking on to the end of the page, or has become
    /// so because the walk has skipped many keys.
    /// </summary>
    private bool ShouldFetchCandidates()
    {
        if (_candidates is not { Count: > 0 })
            return false;

        var keys = _candidates.Count * (long)KeysPerCandidate;
        return keys * _candidates.Count <= _snapshot.Collection.LastRecordNumber * _limit
            || (_skippedKeys > keys && DocsExamined + _candidates.Count <= MaxDocuments);
    }

    private void NarrowWalk()
    {
        var isFirst = _candidates is null;
        var isLast = DocsExamined >= MaxBudget;
        _nextNarrowing = isLast ? DocsExamined + NextBudget : Math.Min(DocsExamined * 2, MaxBudget);
        if (!isLast && ExpectedDocuments() <= DocsExamined * _pending.Count)
            return;

        Narrow(isLast ? long.MaxValue : (DocsExamined * KeysPerDocument) + _skippedKeys);
        if (isFirst)
            _candidates?.ExceptWith(_examined);

        _skippedKeys = 0;
    }

    /// <summary>Returns how many more documents the walk needs if it continues to find as many matches as before.</summary>
    private long ExpectedDocuments() => _matches == 0 ? long.MaxValue : Math.Max(0, _limit - _matches) * DocsExamined / _matches;

    /// <summary>
    /// Reads the keys of the rarest remaining term and keeps the candidates that have one. Continues with other terms as long as reading
    /// their keys is worthwhile. Does nothing if all terms have more than <paramref name="maxKeys"/> keys.
    /// </summary>
    private void Narrow(long maxKeys)
    {
        if (ReadRarest(maxKeys) is not { } rarest)
            return;

        Keep(rarest);
        foreach (var term in _pending.ToArray())
        {
            if (_candidates!.Count == 0)
                return;

            // A walk may need only some of the candidates, so it does not read much more than it already has.
            var worthwhile = (_candidates.Count + 25L) * KeysPerCandidate;
            if (_walk is not null)
                worthwhile = Math.Min(worthwhile, rarest.KeysExamined * MaxKeyRatio);

            if (term.ReadUpTo(worthwhile))
                Keep(term);
        }
    }

    /// <summary>Reads the remaining terms in turns until the first is complete.</summary>
    private RecordKeys? ReadRarest(long maxKeys)
    {
        for (var keys = 1000L; ; keys *= 2)
        {
            var bound = Math.Min(keys, maxKeys);
            RecordKeys? rarest = null;
            foreach (var term in _pending)
            {
                if (term.ReadUpTo(bound) && (rarest is null || term.Records.Count < rarest.Records.Count))
                    rarest = term;
            }

            if (rarest is not null || bound == maxKeys)
                return rarest;
        }
    }

    private void Keep(RecordKeys term)
    {
        _pending.Remove(term);
        _kept.Add(term);
        if (_candidates is null)
            _candidates = term.Records;
        else
            _candidates.IntersectWith(term.Records);
    }

    private bool Fetch(long record)
    {
        _buffer.Clear();
        if (!_snapshot.Collection.TryGetDocument(record, _buffer, _snapshot.View))
            return false;

        DocsExamined++;
        return true;
    }
}
