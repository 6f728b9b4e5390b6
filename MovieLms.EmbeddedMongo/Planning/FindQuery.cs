using MongoDB.Bson;
using MovieLms.EmbeddedMongo.Query;

namespace MovieLms.EmbeddedMongo.Planning;

/// <summary>A parsed find: what <c>find</c>, <c>count</c>, <c>distinct</c>, <c>findAndModify</c> and a pipeline's head ask of one collection.</summary>
internal sealed record FindQuery(MatchExpression Filter)
{
    public SortSpec? Sort { get; init; }

    public Projection? Projection { get; init; }

    public long Skip { get; init; }

    /// <summary>0 is no limit.</summary>
    public long Limit { get; init; }

    public BsonValue? Hint { get; init; }
}
