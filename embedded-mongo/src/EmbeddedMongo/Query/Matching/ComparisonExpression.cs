using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Query.Matching;

/// <summary>The comparison that a <see cref="ComparisonExpression"/> makes.</summary>
internal enum ComparisonOperator
{
    Eq,
    Gt,
    Gte,
    Lt,
    Lte,
}

/// <summary>
/// <c>$eq</c>, <c>$gt</c>, <c>$gte</c>, <c>$lt</c>, <c>$lte</c>. Values of another type do not match ("type bracketing"), except in
/// comparisons with MinKey and MaxKey. Null matches null and missing. NaN equals only itself.
/// </summary>
internal sealed class ComparisonExpression(BsonPath path, ComparisonOperator comparison, BsonValue value, Collation? collation = null)
    : PathExpression(path)
{
    private readonly int _rank = BsonOrder.Rank(value);
    private readonly bool _isNaN = BsonNumbers.IsNaN(value);

    public ComparisonOperator Operator { get; } = comparison;

    public BsonValue Value { get; } = value;

    public Collation? Collation { get; } = collation;

    /// <summary>The value as it is compared: its sort key if there is a collation.</summary>
    public BsonValue Key { get; } = collation is null ? value : collation.GetSortKey(value);

    public override bool CanUse(Collation? other) => Collation == other || !Collation.Affects(Value);

    public override bool MatchesElement(BsonValue? value, MatchDetails? details)
    {
        var rank = BsonOrder.Rank(value);
        if (rank != _rank)
            return MatchesAcrossTypes(rank);

        if (rank == BsonOrder.NumberRank && (_isNaN || BsonNumbers.IsNaN(value)))
            return Operator is not (ComparisonOperator.Gt or ComparisonOperator.Lt) && _isNaN && BsonNumbers.IsNaN(value);

        var order = BsonOrder.Compare(Collation is null ? value : Collation.GetSortKey(value), Key);
        return Operator switch
        {
            ComparisonOperator.Eq => order == 0,
            ComparisonOperator.Gt => order > 0,
            ComparisonOperator.Gte => order >= 0,
            ComparisonOperator.Lt => order < 0,
            _ => order <= 0,
        };
    }

    private bool MatchesAcrossTypes(int rank)
    {
        // Null (rank 5) compared with missing or undefined (rank 0).
        if (rank + _rank == 5)
            return Operator is not (ComparisonOperator.Gt or ComparisonOperator.Lt);

        return Operator switch
        {
            ComparisonOperator.Eq => false,
            ComparisonOperator.Gt or ComparisonOperator.Gte => Value is BsonMinKey,
            _ => Value is BsonMaxKey,
        };
    }
}
