using EmbeddedMongo.Errors;
using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Update;

/// <summary>What an update made of a document.</summary>
/// <param name="Document">The new version; the given one when nothing changed.</param>
/// <param name="Modified">Whether the document differs from before, byte for byte.</param>
internal readonly record struct UpdateResult(BsonDocument Document, bool Modified);

/// <summary>A parsed update, to be applied to any number of documents.</summary>
internal abstract class UpdateProgram
{
    /// <summary>Whether the update puts another document in place, which cannot be done to many at once.</summary>
    public virtual bool IsReplacement => false;

    /// <summary>Applies the update to a stored document, which is left as it is.</summary>
    /// <param name="document">The whole document.</param>
    /// <param name="query">The filter it was found by; tells what the positional <c>$</c> stands for.</param>
    /// <exception cref="MongoErrorException">66 when the _id would change, 28, 14, 2, … of the operators.</exception>
    public UpdateResult Apply(BsonDocument document, MatchExpression query)
    {
        var updated = Transform(document, isInsert: false, query);
        if (ReferenceEquals(updated, document) || BsonIdentity.Same(updated, document))
            return new UpdateResult(document, false);

        if (document.TryGetValue("_id", out var id) && !SameId(id, updated.GetValue("_id", null)))
            throw IdChanged(updated);

        return new UpdateResult(updated, true);
    }

    /// <summary>The document that an upsert inserts: the filter's equalities, the update applied, an _id in front.</summary>
    /// <exception cref="MongoErrorException">54 when the filter's equalities contradict, and as <see cref="Apply"/>.</exception>
    public BsonDocument Upsert(MatchExpression query)
    {
        var seed = UpsertSeed.From(query, idOnly: IsReplacement);
        var inserted = Transform(seed, isInsert: true, query);
        if (seed.TryGetValue("_id", out var id) && !SameId(id, inserted.GetValue("_id", null)))
            throw IdChanged(inserted);

        return WithIdInFront(inserted);
    }

    protected abstract BsonDocument Transform(BsonDocument document, bool isInsert, MatchExpression query);

    /// <summary>Operators must leave the very value; a replacement may write 1.0 for 1.</summary>
    protected virtual bool SameId(BsonValue before, BsonValue? after) => BsonIdentity.Same(before, after);

    protected virtual MongoErrorException IdChanged(BsonDocument updated) =>
        MongoErrorException.ImmutableField("Performing an update on the path '_id' would modify the immutable field '_id'");

    private static BsonDocument WithIdInFront(BsonDocument document)
    {
        if (document.ElementCount > 0 && document.GetElement(0).Name == "_id")
            return document;

        var result = new BsonDocument("_id", document.GetValue("_id", null) ?? ObjectId.GenerateNewId());
        foreach (var element in document)
        {
            if (element.Name != "_id")
                result.Add(element);
        }

        return result;
    }
}
