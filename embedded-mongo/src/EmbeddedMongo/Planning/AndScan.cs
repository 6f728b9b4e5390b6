using EmbeddedMongo.Bson;
using EmbeddedMongo.Storage;

namespace EmbeddedMongo.Planning;

/// <summary>
/// Finds the documents of an <see cref="AndPath"/>. Without an ordered index, intersects the records of the index keys and fetches those
/// that remain. With one, walks it and fetches every document at first. A walk that has examined its budget intersects the keys and skips
/// other documents from then on, or, with few candidates left, ends and leaves them to be sorted.
/// </summary>
internal sealed class AndScan : DocumentScan
{
    /// <summary>Number of documents to examine before the next intersection.</summary>
    private const int WalkBudget = 1_000;

    /// <summary>Maximum number of documents to examine before an intersection with long scans.</summary>
    private const int LongWalkBudget = 5_000;

    /// <summary>Number of keys above which a scan is long.</summary>
    private const int LongScanKeys = 32_000;

    /// <summary>Maximum number of documents to examine in total instead of more keys.</summary>
    private const int MaxDocuments = 10_000;

    /// <summary>Maximum number of candidates to fetch and sort at once.</summary>
    private const int FewCandidates = 1_000;

    /// <summary>Maximum number of candidates to fetch and sort at once, per document to find.</summary>
    private const int FewCandidatesPerDocument = 50;

    /// <summary>Number of keys that cost as much as one document.</summary>
    private const int KeysPerDocument = 8;

    private const int CheckInterval = 1024;

    private readonly CollectionSnapshot _snapshot;
    private readonly Action _checkInterrupted;
    private readonly IndexKeyScan? _walk;
    private readonly List<RecordKeys> _kept = [];
    private readonly List<RecordKeys> _pending;
    private readonly PooledBuffer _buffer = new();
    private readonly RecordSet _examined = new();
    private readonly long _limit;
    private readonly long _walkBudget;
    private RecordSet? _candidates;
    private IEnumerator<long>? _fetched;
    private long _record;
    private long _nextNarrowing;
    private long _skippedKeys;
    private bool _started;
    private bool _hasRest;
    private bool _walkEnded;

    public AndScan(CollectionSnapshot snapshot, AndPath path, Action checkInterrupted)
    {
        _snapshot = snapshot;
        _checkInterrupted = checkInterrupted;
        _pending = [.. path.Terms.Select(term => new RecordKeys(snapshot, term, checkInterrupted))];
        _walk = path.Walk is null ? null : new IndexKeyScan(snapshot, path.Walk);
        _limit = path.Limit;
        _nextNarrowing = _walkBudget = Math.Max(WalkBudget, 20 * path.Limit);
    }

    public override long KeysExamined => WalkedKeys + Terms.Sum(term => term.KeysExamined);

    public long WalkedKeys => _walk?.KeysExamined ?? 0;

    /// <summary>The terms in the order in which they were intersected, then the others.</summary>
    public IEnumerable<RecordKeys> Terms => _kept.Concat(_pending);

    /// <summary>Whether only documents in the intersection are found, as opposed to all documents of the walk.</summary>
    public bool IsIntersected => _candidates is not null;

    public override bool HasUnsortedRest => _hasRest;

    public override long Record => _record;

    public override ReadOnlySpan<byte> Document => _buffer.WrittenSpan;

    public override bool MoveNext()
    {
        if (!_started)
            Start();

        return _fetched is null ? MoveNextInWalk() : MoveNextCandidate();
    }

    public override void Dispose()
    {
        _fetched?.Dispose();
        _walk?.Dispose();
        foreach (var term in Terms)
            term.Dispose();

        _buffer.Dispose();
    }

    /// <summary>
    /// Intersects the keys at once if there is no walk, or if one of several terms is too rare for a walk to find enough documents within
    /// its budget.
    /// </summary>
    private void Start()
    {
        _started = true;
        if (_walk is null)
        {
            while (_pending.Count > 0 && (_candidates is null || _candidates.Count > MaxDocuments))
                Narrow(long.MaxValue);

            _fetched = _candidates!.GetAscending().GetEnumerator();
        }
        else if (_pending.Count > 1)
        {
            Narrow(Math.Min(_snapshot.Collection.LastRecordNumber * _limit / _walkBudget, LongScanKeys));
            if (_candidates is not null)
                _nextNarrowing = WalkBudget;
        }
    }

    private bool MoveNextCandidate()
    {
        _hasRest = false;
        while (_fetched!.MoveNext())
        {
            if (Fetch(_fetched.Current))
                return true;
        }

        return false;
    }

    private bool MoveNextInWalk()
    {
        while (!_walkEnded)
        {
            if (_pending.Count > 0 && DocsExamined >= _nextNarrowing)
                NarrowWalk();

            if (ShouldFetchCandidates())
            {
                _fetched = _candidates!.GetAscending().GetEnumerator();
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

    private bool ShouldFetchCandidates()
    {
        if (_candidates is not { Count: > 0 and var count })
            return false;

        return count <= Math.Min(FewCandidates, FewCandidatesPerDocument * _limit)
            || (_skippedKeys > count * (long)KeysPerDocument && DocsExamined + count <= MaxDocuments);
    }

    private void NarrowWalk()
    {
        var isFirst = _candidates is null;
        Narrow(isFirst && DocsExamined < LongWalkBudget ? LongScanKeys : long.MaxValue);
        _nextNarrowing = _candidates is null ? Math.Max(LongWalkBudget, _walkBudget) : DocsExamined + WalkBudget;
        if (isFirst)
            _candidates?.ExceptWith(_examined);

        _skippedKeys = 0;
    }

    /// <summary>
    /// Reads the keys of the rarest remaining term and keeps the candidates that have one. Continues with other terms as long as reading
    /// their keys costs less than fetching the candidates. Does nothing if all terms have more than <paramref name="maxKeys"/> keys.
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

            if (term.ReadUpTo((_candidates.Count + 25L) * KeysPerDocument))
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
        _record = record;
        _buffer.Clear();
        if (!_snapshot.Collection.TryGetDocument(record, _buffer, _snapshot.View))
            return false;

        DocsExamined++;
        return true;
    }
}
