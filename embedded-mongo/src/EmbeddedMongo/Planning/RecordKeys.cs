using EmbeddedMongo.Storage;

namespace EmbeddedMongo.Planning;

/// <summary>The record numbers of an index path's keys. Reads the keys in steps, so that a long scan can be postponed.</summary>
internal sealed class RecordKeys(CollectionSnapshot snapshot, IndexPath path, Action checkInterrupted) : IDisposable
{
    private const int CheckInterval = 1024;

    private IndexKeyScan? _scan;

    public IndexPath Path => path;

    /// <summary>The records of the keys read so far. An intersection removes others from this set.</summary>
    public RecordSet Records { get; } = new();

    /// <summary>The number of different records of the keys read so far.</summary>
    public long Found { get; private set; }

    public long KeysExamined { get; private set; }

    /// <summary>Whether all keys have been read.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Continues until <paramref name="keys"/> keys have been read in total. Returns whether all keys have been read.</summary>
    public bool ReadUpTo(long keys)
    {
        _scan ??= new IndexKeyScan(snapshot, path, checkInterrupted, distinct: false);
        while (!IsComplete && KeysExamined < keys)
        {
            if (!_scan.MoveNext())
            {
                IsComplete = true;
                break;
            }

            if (Records.Add(_scan.Record))
                Found++;

            if (++KeysExamined % CheckInterval == 0)
                checkInterrupted();
        }

        return IsComplete;
    }

    public void Dispose() => _scan?.Dispose();
}
