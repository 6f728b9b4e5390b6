using EmbeddedMongo.Storage;

namespace EmbeddedMongo.Planning;

/// <summary>Counts an index path's keys up to a small number: enough to tell a selective index from one that is not.</summary>
internal static class KeyEstimate
{
    private const int Enough = 200;

    public static int Count(CollectionSnapshot snapshot, IndexPath path)
    {
        using var scan = new IndexKeyScan(snapshot, path);
        var count = 0;
        while (count < Enough && scan.MoveNext())
            count++;

        return count;
    }
}
