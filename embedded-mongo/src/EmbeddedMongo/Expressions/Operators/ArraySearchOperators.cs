using EmbeddedMongo.Errors;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>$in and $indexOfArray. Equality follows BSON order (1 equals 1.0) and the collation.</summary>
internal static class ArraySearchOperators
{
    public static void AddTo(OperatorTable table)
    {
        table.Custom(
            "$in",
            (name, argument, scope) =>
            {
                var operands = Arguments.Exactly(name, argument, scope, 2);
                var collation = scope.Context.Collation;
                return operands[1] is ConstantExpression { Value: BsonArray { Count: > 8 } set }
                    ? new UnaryExpression(operands[0], In(set, collation))
                    : new BinaryExpression(name, operands[0], operands[1], (value, array) => In(value, array, collation));
            }
        );
        table.Custom(
            "$indexOfArray",
            (name, argument, scope) =>
            {
                var collation = scope.Context.Collation;
                return new VariadicExpression(Arguments.Between(name, argument, scope, 2, 4), operands => IndexOf(operands, collation));
            }
        );
    }

    private static BsonBoolean In(BsonValue? value, BsonValue? candidates, Collation? collation)
    {
        if (candidates is not BsonArray array)
            throw MongoErrorException.Location(40081, $"$in requires an array as a second argument, found: {TypeNames.Of(candidates)}");
        for (var i = 0; i < array.Count; i++)
        {
            if (Collation.Compare(collation, value, array[i]) == 0)
                return BsonBoolean.True;
        }
        return BsonBoolean.False;
    }

    /// <summary>Creates the test for a constant list, which is hashed once.</summary>
    private static Func<BsonValue?, BsonValue?> In(BsonArray set, Collation? collation)
    {
        var hashed = new HashSet<BsonValue?>(set, Collation.GetEqualityComparer(collation));
        return value => value is not null && hashed.Contains(value) ? BsonBoolean.True : BsonBoolean.False;
    }

    private static BsonValue IndexOf(BsonValue?[] operands, Collation? collation)
    {
        if (operands[0].IsNullish())
            return BsonNull.Value;
        if (operands[0] is not BsonArray array)
        {
            throw MongoErrorException.Location(
                40090,
                $"$indexOfArray requires an array as a first argument, found: {TypeNames.Of(operands[0])}"
            );
        }

        var start = operands.Length > 2 ? Bounds.Parse(operands[2], "$indexOfArray", "starting") : 0;
        var end = operands.Length > 3 ? Math.Min(array.Count, Bounds.Parse(operands[3], "$indexOfArray", "ending")) : array.Count;
        for (var i = start; i < end; i++)
        {
            if (Collation.Compare(collation, array[i], operands[1]) == 0)
                return i;
        }
        return -1;
    }
}

/// <summary>The start and end operands of $indexOfArray, $indexOfBytes and $indexOfCP.</summary>
internal static class Bounds
{
    /// <summary>Parses a whole number (otherwise error 40096) that is not negative (otherwise error 40097).</summary>
    public static int Parse(BsonValue? value, string name, string which)
    {
        if (!Numerics.Numbers.TryToInt32(value, out var index))
        {
            throw MongoErrorException.Location(
                40096,
                $"{name} requires an integral {which} index, found a value of type: {TypeNames.Of(value)}, with value: \"{value}\""
            );
        }

        return index >= 0
            ? index
            : throw MongoErrorException.Location(40097, $"{name} requires a nonnegative {which} index, found: {index}");
    }
}
