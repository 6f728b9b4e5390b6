using EmbeddedMongo.Bson;
using EmbeddedMongo.Query;
using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Query.Projecting;
using MongoDB.Bson;

namespace EmbeddedMongo.Planning;

/// <summary>
/// A parsed find: what <c>find</c>, <c>count</c>, <c>distinct</c>, <c>findAndModify</c> and a pipeline's head ask of one collection.
/// </summary>
internal sealed record FindQuery(MatchExpression Filter)
{
    public SortSpec? Sort { get; init; }

    public Projection? Projection { get; init; }

    public long Skip { get; init; }

    /// <summary>0 is no limit.</summary>
    public long Limit { get; init; }

    public BsonValue? Hint { get; init; }

    /// <summary>
    /// The caller reads <see cref="FindRows.Document"/> of every row: the fields it needs are decoded along with the filter's.
    /// </summary>
    public bool DecodesRows { get; init; }

    /// <summary>With <see cref="DecodesRows"/>, the top-level fields to decode; null for whole documents.</summary>
    public FieldSet? Needed { get; init; }
}
