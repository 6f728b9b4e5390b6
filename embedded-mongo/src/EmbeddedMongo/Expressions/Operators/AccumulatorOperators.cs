using EmbeddedMongo.Aggregation.Accumulators;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>
/// $sum, $avg, $min, $max, $stdDevPop and $stdDevSamp outside $group: over the operands, or the elements of a single array operand.
/// </summary>
internal static class AccumulatorOperators
{
    public static void AddTo(OperatorTable table)
    {
        Add(table, "$sum", _ => new SumState());
        Add(table, "$avg", _ => new AverageState());
        Add(table, "$min", collation => new ExtremeState(1, collation));
        Add(table, "$max", collation => new ExtremeState(-1, collation));
        Add(table, "$stdDevPop", _ => new DeviationState(sample: false));
        Add(table, "$stdDevSamp", _ => new DeviationState(sample: true));
    }

    private static void Add(OperatorTable table, string name, Func<Collation?, AccumulatorState> create) =>
        table.Custom(
            name,
            (_, argument, scope) =>
            {
                // {$sum: "$a"} adds the elements of an array in a; {$sum: ["$a", "$b"]} does not.
                var operands = Arguments.List(argument, scope);
                var collation = scope.Context.Collation;
                return new VariadicExpression(
                    operands,
                    values =>
                    {
                        var state = create(collation);
                        IEnumerable<BsonValue?> items = values is [BsonArray array] ? array : values;
                        foreach (var item in items)
                            state.Add(item);
                        return state.Result();
                    }
                );
            }
        );
}
