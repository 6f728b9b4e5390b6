using EmbeddedMongo.Errors;
using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Update;

/// <summary>An update that replaces the whole document. The _id is kept.</summary>
internal sealed class ReplacementProgram(BsonDocument replacement) : UpdateProgram
{
    public override bool IsReplacement => true;

    public static ReplacementProgram Parse(BsonDocument replacement)
    {
        DollarFields.RequireValid(replacement);
        return new ReplacementProgram(replacement);
    }

    protected override BsonDocument Transform(BsonDocument document, bool isInsert, MatchExpression query) => KeepId(document, replacement);

    /// <summary>Returns the replacement with the _id as its first field: its own, or that of the replaced document.</summary>
    internal static BsonDocument KeepId(BsonDocument document, BsonDocument replacement)
    {
        var id = replacement.GetValue("_id", null) ?? document.GetValue("_id", null);
        if (id is null)
            return replacement;

        var result = new BsonDocument("_id", id);
        foreach (var element in replacement)
        {
            if (element.Name != "_id")
                result.Add(element);
        }

        return result;
    }

    protected override bool IsSameId(BsonValue before, BsonValue? after) => BsonOrder.Equals(before, after);

    protected override MongoErrorException CreateIdChangedError(BsonDocument updated) =>
        MongoErrorException.ImmutableField(
            $"After applying the update, the (immutable) field '_id' was found to have been altered to {new BsonDocument("_id", updated["_id"]).ToJson()}"
        );
}
