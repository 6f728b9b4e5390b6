using EmbeddedMongo.Errors;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>$firstN, $lastN, $minN and $maxN over the elements of an array.</summary>
internal static class RankingOperators
{
    public static void AddTo(OperatorTable table)
    {
        Add(table, "$firstN", (array, n, _) => ArrayOperators.Copy(array, 0, (int)Math.Min(n, array.Count)));
        Add(table, "$lastN", (array, n, _) => ArrayOperators.Copy(array, (int)Math.Max(0, array.Count - n), array.Count));
        Add(table, "$minN", (array, n, collation) => Ranked(array, n, 1, collation));
        Add(table, "$maxN", (array, n, collation) => Ranked(array, n, -1, collation));
    }

    /// <summary>Parses the operand n of the …N operators: a whole number (5787902, 5787903) greater than 0 (5787908).</summary>
    public static long Count(BsonValue? n)
    {
        if (!BsonNumbers.IsNumber(n))
            throw MongoErrorException.Location(5787902, $"Value for 'n' must be of integral type, but found {n}");
        if (!BsonNumbers.TryToInt64(n, out var count))
            throw MongoErrorException.Location(5787903, $"Value for 'n' must be of integral type, but found {n}");
        return count > 0 ? count : throw MongoErrorException.Location(5787908, $"'n' must be greater than 0, found {n}");
    }

    public static NamedArguments ArgumentsOf(string name) => new(name, ["n", "input"], 2, 5787900, 5787901, 5787906, 5787907);

    private static void Add(OperatorTable table, string name, Func<BsonArray, long, Collation?, BsonArray> select) =>
        table.Custom(
            name,
            (_, argument, scope) =>
            {
                var collation = scope.Context.Collation;
                return new VariadicExpression(
                    ArgumentsOf(name).Parse(argument, scope),
                    operands =>
                    {
                        var n = Count(operands[0]);
                        return operands[1] is BsonArray array
                            ? select(array, n, collation)
                            : throw MongoErrorException.Location(5788200, $"Input must be an array, but found {TypeNames.Of(operands[1])}");
                    }
                );
            }
        );

    private static BsonArray Ranked(BsonArray array, long n, int direction, Collation? collation)
    {
        var sorted = array.Where(v => !v.IsNullish()).ToList();
        sorted.Sort((a, b) => direction * Collation.Compare(collation, a, b));
        return new BsonArray(sorted.Take((int)Math.Min(n, sorted.Count)));
    }
}
