using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Planning;

/// <summary>
/// Decides whether a partial index has every document that a query can match (manual: "Partial Indexes", query coverage). Returns false
/// when in doubt.
/// </summary>
internal static class PartialFilterImplication
{
    public static bool Implies(Conjunction query, MatchExpression partialFilter)
    {
        var partial = new Conjunction(partialFilter);
        return partial is { Opaque: 0, Alternatives.Count: 0, AlwaysFalse: false, Elements.Count: 0 }
            && partial.Conditions.TrueForAll(required => query.Conditions.Exists(given => Implies(given, required)));
    }

    private static bool Implies(PathExpression given, PathExpression required)
    {
        if (given.Path != required.Path)
            return false;

        switch (required, given)
        {
            case (ExistsExpression, ExistsExpression):
                return true;
            case (ExistsExpression, ComparisonExpression comparison):
                return comparison.Value is not BsonNull;
            case (ExistsExpression, InExpression oneOf):
                return !oneOf.Values.Any(value => value is BsonNull);
            case (ExistsExpression, RegexExpression or TypeExpression or SizeExpression):
                return true;
            case (TypeExpression a, TypeExpression b):
                return b.Types.All(a.Types.Contains);
            case (TypeExpression type, ComparisonExpression comparison):
                return type.Types.Contains(comparison.Value.BsonType)
                    && !BsonNumbers.IsNumber(comparison.Value)
                    && comparison.Value.BsonType is not (BsonType.MinKey or BsonType.MaxKey or BsonType.Null);
            case (_, InExpression oneOf) when oneOf.Regexes.Length == 0 && oneOf.Values.Length > 0:
                return oneOf.Values.All(value =>
                    Implies(new ComparisonExpression(given.BsonPath, ComparisonOperator.Eq, value, oneOf.Collation), required)
                );
            case (InExpression oneOf, ComparisonExpression { Operator: ComparisonOperator.Eq } equal):
                return oneOf.CanUse(equal.Collation)
                    && equal.CanUse(oneOf.Collation)
                    && oneOf.Keys.Any(key => BsonOrder.Equals(key, equal.Key));
            case (ComparisonExpression a, ComparisonExpression b):
                return Implies(b, a);
            default:
                return false;
        }
    }

    private static bool Implies(ComparisonExpression given, ComparisonExpression required)
    {
        if (
            BsonOrder.Rank(given.Value) != BsonOrder.Rank(required.Value)
            || !given.CanUse(required.Collation)
            || !required.CanUse(given.Collation)
        )
        {
            return false;
        }

        var order = BsonOrder.Compare(given.Key, required.Key);
        return required.Operator switch
        {
            ComparisonOperator.Eq => given.Operator == ComparisonOperator.Eq && order == 0,
            ComparisonOperator.Gt => (given.Operator is ComparisonOperator.Eq or ComparisonOperator.Gte && order > 0)
                || (given.Operator == ComparisonOperator.Gt && order >= 0),
            ComparisonOperator.Gte => given.Operator is ComparisonOperator.Eq or ComparisonOperator.Gte or ComparisonOperator.Gt
                && order >= 0,
            ComparisonOperator.Lt => (given.Operator is ComparisonOperator.Eq or ComparisonOperator.Lte && order < 0)
                || (given.Operator == ComparisonOperator.Lt && order <= 0),
            _ => given.Operator is ComparisonOperator.Eq or ComparisonOperator.Lte or ComparisonOperator.Lt && order <= 0,
        };
    }
}
