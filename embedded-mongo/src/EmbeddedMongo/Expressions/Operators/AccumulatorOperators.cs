using EmbeddedMongo.Aggregation.Accumulators;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>
/// $sum, $avg, $min, $max, $stdDevPop and $stdDevSamp outside $group: over the operands, or the elements of a single array operand.
/// </summary>
internal static class AccumulatorOperators
{
    public static void AddTo(OperatorTable table)
    {
        Add(table, "$sum", () => new SumState());
        Add(table, "$avg", () => new AverageState());
        Add(table, "$min", () => new ExtremeState(1));
        Add(table, "$max", () => new ExtremeState(-1));
        Add(table, "$stdDevPop", () => new DeviationState(sample: false));
        Add(table, "$stdDevSamp", () => new DeviationState(sample: true));
    }

    private static void Add(OperatorTable table, string name, Func<AccumulatorState> create) =>
        table.Custom(
            name,
            (_, argument, scope) =>
            {
                // {$sum: "$a"} adds the elements of an array in a; {$sum: ["$a", "$b"]} does not.
                var operands = Arguments.List(argument, scope);
                return new VariadicExpression(
                    operands,
                    values =>
                    {
                        var state = create();
                        IEnumerable<BsonValue?> items = values is [BsonArray array] ? array : values;
                        foreach (var item in items)
                            state.Add(item);
                        return state.Result();
                    }
                );
            }
        );
}
