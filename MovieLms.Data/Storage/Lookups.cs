using MongoDB.Bson;
using MongoDB.Driver;

namespace MovieLms.Data.Storage;

/// <summary>
/// Lookups of one field of several documents. Built as BSON, because the driver translates and compiles an expression on every call,
/// which costs more than the query (80 kB per call).
/// </summary>
internal static class Lookups
{
    /// <summary>Returns the filter for documents with these IDs.</summary>
    internal static BsonDocument ById(IEnumerable<ObjectId> ids) => new("_id", new BsonDocument("$in", new BsonArray(ids)));

    /// <summary>Returns a field's values by ID. Documents without the field are omitted.</summary>
    internal static async Task<IReadOnlyList<(ObjectId Id, BsonValue Value)>> FieldsOfAsync(
        this IMongoCollection<BsonDocument> collection,
        BsonDocument filter,
        string field,
        CancellationToken cancellationToken
    )
    {
        var found = await collection.Find(filter).Project(new BsonDocument(field, 1)).ToListAsync(cancellationToken);
        return [.. found.Where(document => document.Contains(field)).Select(document => (document["_id"].AsObjectId, document[field]))];
    }
}
