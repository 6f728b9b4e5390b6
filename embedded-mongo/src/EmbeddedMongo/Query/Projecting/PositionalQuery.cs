using EmbeddedMongo.Errors;
using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Query.Projecting;

/// <summary>Validates the positional projection <c>{"a.$": 1}</c>.</summary>
internal static class PositionalQuery
{
    /// <summary>Requires the projection's value to be true or a nonzero number.</summary>
    /// <exception cref="MongoErrorException">31271 for a document, 31308 for other values, 31395 for false.</exception>
    public static void RequireFlag(BsonValue value)
    {
        if (value is BsonDocument)
            throw MongoErrorException.Location(31271, "positional projection cannot be used with an expression or sub object");

        if (value is not BsonBoolean && !BsonNumbers.IsNumber(value))
            throw MongoErrorException.Location(31308, "positional projection cannot be used with a literal");

        if (!Truthiness.IsTrue(value))
            throw MongoErrorException.Location(31395, "positional projection cannot be used with exclusion");
    }

    /// <summary>Requires the filter to have a condition on the path's first field; without one there is no position.</summary>
    /// <exception cref="MongoErrorException">51050 without a filter, 31277 without a condition.</exception>
    public static void RequireCondition(MatchExpression? query, string path)
    {
        if (query is null)
            throw MongoErrorException.Location(51050, "Projections with a positional operator require a matcher");

        if (!HasConditionOn(query, path[..path.IndexOf('.', StringComparison.Ordinal)]))
            throw MongoErrorException.Location(31277, $"Positional projection '{path}' does not match the query document.");
    }

    private static bool HasConditionOn(MatchExpression query, string field) =>
        query switch
        {
            PathExpression path => path.BsonPath.First == field,
            ListExpression list => Array.Exists(list.Children, child => HasConditionOn(child, field)),
            NotExpression not => HasConditionOn(not.Child, field),
            _ => false,
        };
}
