using EmbeddedMongo.Errors;
using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Update;

/// <summary>The result of an update of one document.</summary>
/// <param name="Document">The updated document, or the given one if nothing changed.</param>
/// <param name="Modified">Whether any byte of the document changed.</param>
internal readonly record struct UpdateResult(BsonDocument Document, bool Modified);

/// <summary>A parsed update that can be applied to any number of documents.</summary>
internal abstract class UpdateProgram
{
    /// <summary>Whether the update replaces the whole document, which is not allowed for several documents at once.</summary>
    public virtual bool IsReplacement => false;

    /// <summary>
    /// Applies the update to a whole stored document, which is not modified. The positional <c>$</c> selects the array element that
    /// <paramref name="query"/> matched.
    /// </summary>
    /// <exception cref="MongoErrorException">66 if the _id would change, and the operators' own errors (28, 14, 2, …).</exception>
    public UpdateResult Apply(BsonDocument document, MatchExpression query)
    {
        var updated = Transform(document, isInsert: false, query);
        if (ReferenceEquals(updated, document) || BsonIdentity.AreIdentical(updated, document))
            return new UpdateResult(document, false);

        if (document.TryGetValue("_id", out var id) && !IsSameId(id, updated.GetValue("_id", null)))
            throw CreateIdChangedError(updated);

        return new UpdateResult(updated, true);
    }

    /// <summary>Returns the document that an upsert inserts: the filter's equalities with the update applied and the _id first.</summary>
    /// <exception cref="MongoErrorException">54 if the filter's equalities conflict, and the errors of <see cref="Apply"/>.</exception>
    public BsonDocument Upsert(MatchExpression query)
    {
        var seed = UpsertSeed.From(query, idOnly: IsReplacement);
        var inserted = Transform(seed, isInsert: true, query);
        if (seed.TryGetValue("_id", out var id) && !IsSameId(id, inserted.GetValue("_id", null)))
            throw CreateIdChangedError(inserted);

        return WithIdFirst(inserted);
    }

    protected abstract BsonDocument Transform(BsonDocument document, bool isInsert, MatchExpression query);

    /// <summary>Returns whether the _id is unchanged. Operators must not change its type, but a replacement may write 1.0 for 1.</summary>
    protected virtual bool IsSameId(BsonValue before, BsonValue? after) => BsonIdentity.AreIdentical(before, after);

    protected virtual MongoErrorException CreateIdChangedError(BsonDocument updated) =>
        MongoErrorException.ImmutableField("Performing an update on the path '_id' would modify the immutable field '_id'");

    private static BsonDocument WithIdFirst(BsonDocument document)
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
