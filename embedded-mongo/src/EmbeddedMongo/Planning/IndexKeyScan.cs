using EmbeddedMongo.Storage;
using RocksDbSharp;

namespace EmbeddedMongo.Planning;

/// <summary>
/// An ordered scan of an index path's keys. A record with several matching keys is returned once, unless <c>distinct</c> is false.
/// </summary>
internal sealed class IndexKeyScan : IDisposable
{
    private const int CheckInterval = 1024;

    private readonly Action? _checkInterrupted;
    private readonly Iterator _iterator;
    private readonly List<(byte[] From, byte[] To)> _ranges;
    private readonly bool _backward;
    private readonly bool _unique;
    private readonly RecordSet? _seen;
    private int _range = -1;
    private bool _inRange;

    /// <summary>Creates a scan.</summary>
    /// <param name="snapshot">The collection.</param>
    /// <param name="path">The index and its bounds.</param>
    /// <param name="checkInterrupted">Called regularly while keys of the same record are skipped.</param>
    /// <param name="distinct">False returns a record once per key.</param>
    public IndexKeyScan(CollectionSnapshot snapshot, IndexPath path, Action? checkInterrupted, bool distinct = true)
    {
        _checkInterrupted = checkInterrupted;
        _iterator = snapshot.View.Iterate();
        _backward = path.Backward;
        _unique = path.Index.Unique;
        _ranges = path.GetRanges(KeySpace.Prefix('i', path.Index.Id));
        if (_backward)
            _ranges.Reverse();

        // A single point on every array field finds each document once, so there is nothing to deduplicate.
        _seen =
            distinct
            && path.Index.IsMultikey
            && !path.Bounds.Where((bounds, field) => path.Index.Multikey[field]).All(bounds => bounds.IsSinglePoint)
                ? new RecordSet()
                : null;
    }

    public long KeysExamined { get; private set; }

    public long Record { get; private set; }

    public bool MoveNext()
    {
        while (MoveToNextKey())
        {
            KeysExamined++;
            Record = KeySpace.RecordOf(_unique ? _iterator.GetValueSpan() : _iterator.GetKeySpan());
            if (_seen is null || _seen.Add(Record))
                return true;

            if (KeysExamined % CheckInterval == 0)
                _checkInterrupted?.Invoke();
        }

        return false;
    }

    public void Dispose() => _iterator.Dispose();

    private bool MoveToNextKey()
    {
        if (_inRange)
        {
            _ = _backward ? _iterator.Prev() : _iterator.Next();
            if (IsInside())
                return true;
        }

        while (++_range < _ranges.Count)
        {
            Seek();
            if (IsInside())
                return _inRange = true;
        }

        return _inRange = false;
    }

    private void Seek()
    {
        var (from, to) = _ranges[_range];
        if (!_backward)
        {
            _iterator.Seek((ReadOnlySpan<byte>)from);
            return;
        }

        _iterator.SeekForPrev((ReadOnlySpan<byte>)to);
        if (_iterator.Valid() && _iterator.GetKeySpan().SequenceEqual(to))
            _iterator.Prev();
    }

    private bool IsInside()
    {
        if (!_iterator.Valid())
            return false;

        var (from, to) = _ranges[_range];
        var key = _iterator.GetKeySpan();
        return _backward ? key.SequenceCompareTo(from) >= 0 : key.SequenceCompareTo(to) < 0;
    }
}
