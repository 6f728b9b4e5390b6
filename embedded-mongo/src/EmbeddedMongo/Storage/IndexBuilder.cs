using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Indexes;
using EmbeddedMongo.Planning;
using RocksDbSharp;

namespace EmbeddedMongo.Storage;

/// <summary>Writes the index entries of documents that are already stored.</summary>
internal static class IndexBuilder
{
    private const long FlushBytes = 8 * 1024 * 1024;

    /// <summary>Writes the entries of every document. The unit's state has the index, and gets its new multikey paths.</summary>
    /// <exception cref="MongoErrorException">11000 if two documents have the same unique key.</exception>
    public static void WriteEntries(WriteUnit unit, CollectionSnapshot snapshot, IndexSpec index, Action checkInterrupted)
    {
        var state = unit.State;
        using var scan = DocumentScan.Open(snapshot, new CollectionScanPath(Backward: false), checkInterrupted);
        while (scan.MoveNext())
        {
            if ((scan.DocsExamined & 127) == 0)
                checkInterrupted();

            unit.AddEntries(index, scan.Record, BsonDecoder.Decode(scan.Document, index.Needed));
            if (!ReferenceEquals(state, unit.State))
            {
                state = unit.State;
                index = state.FindIndex(index.Name)!;
            }

            if (unit.PendingBytes > FlushBytes)
                unit.Flush();
        }

        unit.Flush();
    }

    /// <summary>Replaces the entries of an index, for a collection that is not in use yet.</summary>
    public static void Rebuild(Collection collection, IndexSpec index)
    {
        using (var batch = new WriteBatch())
        {
            Catalog.DeletePrefix(batch, 'i', index.Id);
            collection.Engine.Write(batch);
        }

        using var unit = new WriteUnit(collection);
        using var snapshot = CollectionSnapshot.Take(collection)!;
        WriteEntries(unit, snapshot, index, static () => { });
    }
}
