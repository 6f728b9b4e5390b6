using MongoDB.Bson;
using MovieLms.EmbeddedMongo.Errors;

namespace MovieLms.EmbeddedMongo.Query;

/// <summary>What a filter or projection may refer to beside the document.</summary>
internal sealed class MatchContext
{
    /// <summary>A filter without variables.</summary>
    public static MatchContext Default { get; } = new();

    /// <summary>A projection's field that is an aggregation expression.</summary>
    public ComputedField Compute(BsonValue expression) => throw MongoErrorException.BadValue($"{expression} is not supported here");
}
