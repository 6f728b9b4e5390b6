using EmbeddedMongo.Storage;

namespace EmbeddedMongo.Planning;

/// <summary>Counts the keys of an index path up to a small limit, which is enough to recognize a selective index.</summary>
internal static class KeyEstimate
{
    private const int MaxCount = 200;

    public static int Count(CollectionSnapshot snapshot, IndexPath path, int maxCount = MaxCount)
    {
        using var scan = new IndexKeyScan(snapshot, path, checkInterrupted: null);
        var count = 0;
        while (count < maxCount && scan.MoveNext())
            count++;

        return count;
    }
}
