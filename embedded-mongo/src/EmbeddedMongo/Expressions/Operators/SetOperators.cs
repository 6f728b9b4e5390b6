using EmbeddedMongo.Errors;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>Operators that treat arrays as sets, without duplicates or order. Results are sorted, as the manual allows.</summary>
internal static class SetOperators
{
    public static void AddTo(OperatorTable table)
    {
        Add(table, "$setUnion", Union, stopAtNull: true);
        Add(table, "$setIntersection", Intersection, stopAtNull: true);
        table.Collated("$setDifference", collation => (a, b) => Difference(a, b, collation));
        Add(table, "$setEquals", AreEqual, stopAtNull: false);
        table.Custom(
            "$setIsSubset",
            (name, argument, scope) =>
            {
                // MongoDB handles a constant set separately, with different error codes.
                var operands = Arguments.Exactly(name, argument, scope, 2);
                var collation = scope.Context.Collation;
                var constant = operands[1].IsConstant && !operands[0].IsConstant;
                return new BinaryExpression(
                    name,
                    operands[0],
                    operands[1],
                    (a, b) => constant ? IsSubset(a, b, collation, 17310, 17311) : IsSubset(a, b, collation, 17046, 17042)
                );
            }
        );
        table.Unary(
            "$allElementsTrue",
            v => Elements(v, "$allElementsTrue", 17040).All(Truthiness.IsTrue) ? BsonBoolean.True : BsonBoolean.False
        );
        table.Unary(
            "$anyElementTrue",
            v => Elements(v, "$anyElementTrue", 17041).Any(Truthiness.IsTrue) ? BsonBoolean.True : BsonBoolean.False
        );
    }

    private static void Add(OperatorTable table, string name, Func<BsonValue?[], Collation?, BsonValue> apply, bool stopAtNull) =>
        table.Custom(
            name,
            (_, argument, scope) =>
            {
                var collation = scope.Context.Collation;
                return new VariadicExpression(Arguments.List(argument, scope), operands => apply(operands, collation), stopAtNull);
            }
        );

    private static BsonValue Union(BsonValue?[] operands, Collation? collation)
    {
        var union = NewSet([], collation);
        foreach (var operand in operands)
        {
            if (operand.IsNullish())
                return BsonNull.Value;
            union.UnionWith(
                operand as BsonArray
                    ?? throw MongoErrorException.Location(
                        17043,
                        $"All operands of $setUnion must be arrays. One argument is of type: {TypeNames.Of(operand)}"
                    )
            );
        }
        return ToArray(union);
    }

    private static BsonValue Intersection(BsonValue?[] operands, Collation? collation)
    {
        SortedSet<BsonValue?>? common = null;
        foreach (var operand in operands)
        {
            if (operand.IsNullish())
                return BsonNull.Value;
            var array =
                operand as BsonArray
                ?? throw MongoErrorException.Location(
                    17047,
                    $"All operands of $setIntersection must be arrays. One argument is of type: {TypeNames.Of(operand)}"
                );
            if (common is null)
                common = NewSet(array, collation);
            else
                common.IntersectWith(NewSet(array, collation));
        }
        return ToArray(common ?? NewSet([], collation));
    }

    private static BsonValue Difference(BsonValue? left, BsonValue? right, Collation? collation)
    {
        if (left.IsNullish() || right.IsNullish())
            return BsonNull.Value;
        var from =
            left as BsonArray
            ?? throw MongoErrorException.Location(
                17048,
                $"both operands of $setDifference must be arrays. First argument is of type: {TypeNames.Of(left)}"
            );
        var without =
            right as BsonArray
            ?? throw MongoErrorException.Location(
                17049,
                $"both operands of $setDifference must be arrays. Second argument is of type: {TypeNames.Of(right)}"
            );
        var seen = NewSet(without, collation);
        var rest = new BsonArray();
        foreach (var item in from)
        {
            if (seen.Add(item))
                rest.Add(item);
        }
        return rest;
    }

    private static BsonBoolean AreEqual(BsonValue?[] operands, Collation? collation)
    {
        if (operands.Length < 2)
            throw MongoErrorException.Location(17045, $"$setEquals needs at least two arguments had: {operands.Length}");
        var sets = new SortedSet<BsonValue?>[operands.Length];
        for (var i = 0; i < sets.Length; i++)
        {
            sets[i] = NewSet(
                operands[i] as BsonArray
                    ?? throw MongoErrorException.Location(
                        17044,
                        $"All operands of $setEquals must be arrays. One argument is of type: {TypeNames.Of(operands[i])}"
                    ),
                collation
            );
        }
        return Array.TrueForAll(sets, s => s.SetEquals(sets[0])) ? BsonBoolean.True : BsonBoolean.False;
    }

    private static BsonBoolean IsSubset(BsonValue? left, BsonValue? right, Collation? collation, int leftCode, int rightCode)
    {
        var part =
            left as BsonArray
            ?? throw MongoErrorException.Location(
                leftCode,
                $"both operands of $setIsSubset must be arrays. First argument is of type: {TypeNames.Of(left)}"
            );
        var whole =
            right as BsonArray
            ?? throw MongoErrorException.Location(
                rightCode,
                $"both operands of $setIsSubset must be arrays. Second argument is of type: {TypeNames.Of(right)}"
            );
        var set = NewSet(whole, collation);
        return part.All(set.Contains) ? BsonBoolean.True : BsonBoolean.False;
    }

    private static BsonArray Elements(BsonValue? value, string name, int code) =>
        value as BsonArray ?? throw MongoErrorException.Location(code, $"{name}'s argument must be an array, but is {TypeNames.Of(value)}");

    private static SortedSet<BsonValue?> NewSet(IEnumerable<BsonValue?> items, Collation? collation) =>
        new(items, Collation.GetComparer(collation));

    private static BsonArray ToArray(SortedSet<BsonValue?> set) => new(set);
}
