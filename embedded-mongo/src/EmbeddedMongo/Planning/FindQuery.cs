using EmbeddedMongo.Bson;
using EmbeddedMongo.Query;
using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Query.Projecting;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Planning;

/// <summary>
/// A parsed query on one collection, used by <c>find</c>, <c>count</c>, <c>distinct</c>, <c>findAndModify</c> and the leading stages of a
/// pipeline.
/// </summary>
internal sealed record FindQuery(MatchExpression Filter)
{
    public SortSpec? Sort { get; init; }

    public Projection? Projection { get; init; }

    public long Skip { get; init; }

    /// <summary>Maximum number of documents, or 0 for no limit.</summary>
    public long Limit { get; init; }

    public BsonValue? Hint { get; init; }

    /// <summary>The collation that the filter and the sort use, for explain.</summary>
    public Collation? Collation { get; init; }

    /// <summary>
    /// Whether the caller reads <see cref="FindRows.Document"/> of every row. If the filter decodes a document, it then also decodes
    /// <see cref="Needed"/>.
    /// </summary>
    public bool DecodesRows { get; init; }

    /// <summary>The fields to decode for <see cref="DecodesRows"/>, or null for whole documents.</summary>
    public FieldSet? Needed { get; init; }
}
