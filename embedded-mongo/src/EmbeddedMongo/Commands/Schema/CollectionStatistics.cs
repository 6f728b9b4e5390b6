using EmbeddedMongo.Storage;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands.Schema;

/// <summary>
/// The sizes of a collection and its indexes, as reported by <c>collStats</c> and the stages <c>$collStats</c> and <c>$indexStats</c>.
/// Counts and data sizes are exact. Storage sizes are estimated by the engine and not smaller than one block.
/// </summary>
internal static class CollectionStatistics
{
    private const long MinStorageBytes = 4096;

    /// <param name="server">The server.</param>
    /// <param name="collection">The collection; null if it does not exist.</param>
    /// <param name="scale">All sizes except that of a document are divided by this number.</param>
    public static BsonDocument Describe(ServerServices server, Collection? collection, long scale)
    {
        var (count, size) = collection?.Totals() ?? (0, 0);
        var storage = collection is null || count == 0 ? 0 : GetSize(server, 'd', collection.Id);
        var indexes = GetIndexSizes(server, collection);
        var indexSize = indexes.Sum(index => index.Size);
        var result = new BsonDocument { { "size", size / scale }, { "count", count } };
        if (count > 0)
            result.Add("avgObjSize", size / count);

        var limits = collection?.State.Capped;
        result.AddRange(
            new BsonDocument
            {
                { "numOrphanDocs", 0 },
                { "storageSize", storage / scale },
                { "freeStorageSize", 0 },
                { "capped", limits is not null },
                { "nindexes", indexes.Count },
                { "indexDetails", new BsonDocument() },
                { "indexBuilds", new BsonArray() },
                { "totalIndexSize", indexSize / scale },
                { "totalSize", (storage + indexSize) / scale },
                { "indexSizes", new BsonDocument(indexes.Select(index => new BsonElement(index.Name, index.Size / scale))) },
                { "scaleFactor", scale },
            }
        );
        return limits is null ? result : result.Add("max", limits.Max ?? 0).Add("maxSize", limits.Size / scale);
    }

    /// <summary>Returns the names and the approximate sizes of the indexes in bytes.</summary>
    public static List<(string Name, long Size)> GetIndexSizes(ServerServices server, Collection? collection) =>
        collection is null
            ? []
            : collection
                .State.Indexes.Select(index => (index.Name, collection.Totals().Count == 0 ? 0 : GetSize(server, 'i', index.Id)))
                .ToList();

    /// <summary>Returns a document per index with the number of queries that used it since the server started.</summary>
    public static IEnumerable<BsonDocument> DescribeIndexes(ServerServices server, Collection collection) =>
        collection.State.Indexes.Select(index => new BsonDocument
        {
            { "name", index.Name },
            { "key", index.KeyPattern },
            { "host", $"localhost:{server.Port}" },
            {
                "accesses",
                new BsonDocument { { "ops", index.Uses.Count }, { "since", new BsonDateTime(server.Started.ToUnixTimeMilliseconds()) } }
            },
            { "spec", index.Definition },
        });

    private static long GetSize(ServerServices server, char kind, uint id) =>
        Math.Max(MinStorageBytes, server.Engine.GetApproximateSize(KeySpace.Prefix(kind, id), KeySpace.Prefix(kind, id + 1)));
}
