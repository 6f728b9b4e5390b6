using MongoDB.Bson;
using MongoDB.Driver;

namespace MovieLms.Data.Storage;

/// <summary>
/// One field of each of some documents. Written as BSON: an expression is translated and compiled again for every call, which
/// costs more than the query (80 kB a call).
/// </summary>
internal static class Lookups
{
    /// <summary>The documents with these ids.</summary>
    internal static BsonDocument ById(IEnumerable<ObjectId> ids) => new("_id", new BsonDocument("$in", new BsonArray(ids)));

    /// <summary>A field's value by id; documents without the field are left out.</summary>
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
