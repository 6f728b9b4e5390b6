using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Conformance;

/// <summary>Converts write results of the driver to the documents of the CRUD specification.</summary>
internal static class WriteResults
{
    private static readonly BsonDocument Unacknowledged = new("acknowledged", false);

    public static BsonDocument Of(DeleteResult result) =>
        result.IsAcknowledged ? new BsonDocument("deletedCount", result.DeletedCount) : Unacknowledged;

    public static BsonDocument Of(ReplaceOneResult result) =>
        result.IsAcknowledged ? OfUpdate(result.MatchedCount, result.ModifiedCount, result.UpsertedId) : Unacknowledged;

    public static BsonDocument Of(UpdateResult result) =>
        result.IsAcknowledged ? OfUpdate(result.MatchedCount, result.ModifiedCount, result.UpsertedId) : Unacknowledged;

    public static BsonDocument Of(BulkWriteResult<BsonDocument> result) =>
        !result.IsAcknowledged
            ? Unacknowledged
            : new BsonDocument
            {
                { "deletedCount", result.DeletedCount },
                { "insertedCount", result.InsertedCount },
                { "matchedCount", result.MatchedCount },
                { "modifiedCount", result.ModifiedCount },
                { "upsertedCount", result.Upserts.Count },
                { "upsertedIds", new BsonDocument(result.Upserts.Select(static upsert => new BsonElement($"{upsert.Index}", upsert.Id))) },
            };

    private static BsonDocument OfUpdate(long matched, long modified, BsonValue? upsertedId)
    {
        var document = new BsonDocument
        {
            { "matchedCount", matched },
            { "modifiedCount", modified },
            { "upsertedCount", upsertedId is null ? 0 : 1 },
        };
        if (upsertedId is not null)
            document.Add("upsertedId", upsertedId);

        return document;
    }
}
