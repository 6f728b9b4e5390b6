using System.Numerics;

namespace EmbeddedMongo.Planning;

/// <summary>
/// A set of record numbers as a bitmap in blocks of 4,096 bits. Numbers are assigned in sequence, so a set of a million records of a
/// collection needs about 150 kB.
/// </summary>
internal sealed class RecordSet
{
    private const int BlockShift = 12;
    private const int WordsPerBlock = (1 << BlockShift) / 64;

    private readonly Dictionary<long, ulong[]> _blocks = [];
    private long _lastKey = -1;
    private ulong[]? _lastBlock;

    public int Count { get; private set; }

    /// <summary>Adds a record. Returns false if the set already contains it.</summary>
    public bool Add(long record)
    {
        var block = Find(record >> BlockShift);
        if (block is null)
        {
            _lastKey = record >> BlockShift;
            _blocks[_lastKey] = _lastBlock = block = new ulong[WordsPerBlock];
        }

        ref var word = ref WordOf(block, record);
        var bit = BitOf(record);
        if ((word & bit) != 0)
            return false;

        word |= bit;
        Count++;
        return true;
    }

    /// <summary>Removes a record. Returns false if the set does not contain it.</summary>
    public bool Remove(long record)
    {
        if (!Contains(record))
            return false;

        WordOf(Find(record >> BlockShift)!, record) &= ~BitOf(record);
        Count--;
        return true;
    }

    public bool Contains(long record) => Find(record >> BlockShift) is { } block && (WordOf(block, record) & BitOf(record)) != 0;

    /// <summary>Removes the records that the other set does not contain.</summary>
    public void IntersectWith(RecordSet other) =>
        Combine((key, i, word) => other._blocks.TryGetValue(key, out var block) ? word & block[i] : 0);

    /// <summary>Removes the records that the other set contains.</summary>
    public void ExceptWith(RecordSet other) =>
        Combine((key, i, word) => other._blocks.TryGetValue(key, out var block) ? word & ~block[i] : word);

    /// <summary>Returns the records in ascending order, which is the storage order of their documents.</summary>
    public IEnumerable<long> GetAscending()
    {
        foreach (var key in _blocks.Keys.Order().ToArray())
        {
            var block = _blocks[key];
            for (var i = 0; i < WordsPerBlock; i++)
            {
                for (var word = block[i]; word != 0; word &= word - 1)
                    yield return (key << BlockShift) + (i * 64) + BitOperations.TrailingZeroCount(word);
            }
        }
    }

    private static ref ulong WordOf(ulong[] block, long record) => ref block[(record >> 6) & (WordsPerBlock - 1)];

    private static ulong BitOf(long record) => 1UL << (int)(record & 63);

    private ulong[]? Find(long key)
    {
        if (key != _lastKey)
        {
            _lastBlock = _blocks.GetValueOrDefault(key);
            _lastKey = key;
        }

        return _lastBlock;
    }

    private void Combine(Func<long, int, ulong, ulong> combine)
    {
        Count = 0;
        foreach (var (key, block) in _blocks)
        {
            for (var i = 0; i < WordsPerBlock; i++)
            {
                block[i] = combine(key, i, block[i]);
                Count += BitOperations.PopCount(block[i]);
            }
        }
    }
}
