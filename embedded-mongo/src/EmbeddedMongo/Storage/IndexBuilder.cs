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

    /// <summary>
    /// Replaces indexes by new ones with the same definitions, for a collection that is not in use yet. If it fails, all indexes stay as
    /// they are.
    /// </summary>
    /// <param name="collection">The collection.</param>
    /// <param name="outdated">The indexes to replace.</param>
    /// <param name="reserveId">Returns the number of a new index.</param>
    /// <exception cref="MongoErrorException">11000 if two documents have the same unique key.</exception>
    public static void Rebuild(Collection collection, IReadOnlyList<IndexSpec> outdated, Func<uint> reserveId)
    {
        var rebuilt = outdated.ToDictionary(
            index => index.Id,
            index => new IndexSpec(reserveId(), index.Definition, index.PartialFilter, uses: index.Uses)
        );
        using var batch = new WriteBatch();
        using var unit = new WriteUnit(collection);
        using var snapshot = CollectionSnapshot.Take(collection)!;
        var state = collection.State;
        unit.Use(new CollectionState([.. state.Indexes.Select(index => rebuilt.GetValueOrDefault(index.Id, index))], state.Options));
        try
        {
            foreach (var index in rebuilt.Values)
                WriteEntries(unit, snapshot, index, static () => { });
        }
        catch (MongoErrorException)
        {
            foreach (var index in rebuilt.Values)
                Catalog.DeletePrefix(batch, 'i', index.Id);

            collection.Engine.Write(batch);
            throw;
        }

        Catalog.Write(batch, collection, unit.State);
        foreach (var index in outdated)
            Catalog.DeletePrefix(batch, 'i', index.Id);

        collection.Engine.Write(batch);
        collection.Publish(unit.State);
    }
}
