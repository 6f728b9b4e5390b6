using EmbeddedMongo.Errors;
using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Query.Projecting;

/// <summary>What the positional projection <c>{"a.$": 1}</c> asks for.</summary>
internal static class PositionalQuery
{
    /// <summary>Its value may only say yes.</summary>
    /// <exception cref="MongoErrorException">31271, 31308 and 31395 for documents, other values and a no.</exception>
    public static void RequireFlag(BsonValue value)
    {
        if (value is BsonDocument)
            throw MongoErrorException.Location(31271, "positional projection cannot be used with an expression or sub object");

        if (value is not BsonBoolean && !BsonNumbers.IsNumber(value))
            throw MongoErrorException.Location(31308, "positional projection cannot be used with a literal");

        if (!Truthiness.IsTrue(value))
            throw MongoErrorException.Location(31395, "positional projection cannot be used with exclusion");
    }

    /// <summary>The filter must have a condition on the path's field, else there is no position.</summary>
    /// <exception cref="MongoErrorException">51050 and 31277.</exception>
    public static void RequireMention(MatchExpression? query, string path)
    {
        if (query is null)
            throw MongoErrorException.Location(51050, "Projections with a positional operator require a matcher");

        if (!Mentions(query, path[..path.IndexOf('.', StringComparison.Ordinal)]))
            throw MongoErrorException.Location(31277, $"Positional projection '{path}' does not match the query document.");
    }

    private static bool Mentions(MatchExpression query, string field) =>
        query switch
        {
            PathExpression path => path.BsonPath.First == field,
            ListExpression list => Array.Exists(list.Children, child => Mentions(child, field)),
            NotExpression not => Mentions(not.Child, field),
            _ => false,
        };
}
