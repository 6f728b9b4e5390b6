using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Update;

/// <summary>An update that sets all top-level fields of another document, for <c>whenMatched: "merge"</c> of $merge.</summary>
internal sealed class MergeProgram(BsonDocument fields) : UpdateProgram
{
    protected override bool IsSameId(BsonValue before, BsonValue? after) => BsonOrder.Equals(before, after);

    protected override BsonDocument Transform(BsonDocument document, bool isInsert, MatchExpression query)
    {
        var result = new BsonDocument(document);
        foreach (var field in fields)
            result[field.Name] = field.Value;

        return result;
    }
}
