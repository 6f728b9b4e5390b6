using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions.Numerics;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>$map, $filter and $reduce: an expression evaluated for each element of an array, bound to a variable.</summary>
internal static class IterationOperators
{
    private static readonly NamedArguments MapArguments = new("$map", ["input", "in", "as"], 2, 16878, 16879, 16880, 16882);
    private static readonly NamedArguments FilterArguments = new(
        "$filter",
        ["input", "cond", "as", "limit"],
        2,
        28646,
        28647,
        28648,
        28650
    );
    private static readonly NamedArguments ReduceArguments = new(
        "$reduce",
        ["input", "initialValue", "in"],
        3,
        40075,
        40076,
        40077,
        40078,
        40079
    );

    public static void AddTo(OperatorTable table)
    {
        table.Custom(
            "$map",
            (_, argument, scope) =>
            {
                var raw = MapArguments.ReadUnparsed(argument);
                var input = ExpressionParser.Parse(raw[0]!, scope);
                var inner = scope.CreateChild();
                var slot = inner.Declare(Name(raw[2]));
                return new MapExpression(input, slot, ExpressionParser.Parse(raw[1]!, inner));
            }
        );
        table.Custom(
            "$filter",
            (_, argument, scope) =>
            {
                var raw = FilterArguments.ReadUnparsed(argument);
                var input = ExpressionParser.Parse(raw[0]!, scope);
                var limit = raw[3] is { } l ? ExpressionParser.Parse(l, scope) : null;
                var inner = scope.CreateChild();
                var slot = inner.Declare(Name(raw[2]));
                return new FilterExpression(input, slot, ExpressionParser.Parse(raw[1]!, inner), limit);
            }
        );
        table.Custom(
            "$reduce",
            (_, argument, scope) =>
            {
                var raw = ReduceArguments.ReadUnparsed(argument);
                var input = ExpressionParser.Parse(raw[0]!, scope);
                var seed = ExpressionParser.Parse(raw[1]!, scope);
                var inner = scope.CreateChild();
                var (current, value) = (inner.Declare("this"), inner.Declare("value"));
                return new ReduceExpression(input, seed, current, value, ExpressionParser.Parse(raw[2]!, inner));
            }
        );
    }

    private static string Name(BsonValue? name) =>
        name switch
        {
            null => "this",
            BsonString text => text.Value,
            _ => throw MongoErrorException.FailedToParse($"'as' must be a string, found {TypeNames.Of(name)}"),
        };

    /// <summary>Returns the input array, or null if it is null or missing.</summary>
    internal static BsonArray? Input(Expression input, EvaluationContext context, string name, int code)
    {
        var value = input.Evaluate(context);
        if (value.IsNullish())
            return null;
        return value as BsonArray
            ?? throw MongoErrorException.Location(code, $"input to {name} must be an array not {TypeNames.Of(value)}");
    }
}

internal sealed class MapExpression(Expression input, int slot, Expression body) : ControlExpression(input, body)
{
    public override BsonValue Evaluate(EvaluationContext context)
    {
        if (IterationOperators.Input(input, context, "$map", 16883) is not { } array)
            return BsonNull.Value;
        var mapped = new BsonArray(array.Count);
        for (var i = 0; i < array.Count; i++)
        {
            LoopGuard.Tick(context, i);
            context[slot] = array[i];
            var value = body.Evaluate(context) ?? BsonNull.Value;
            context.Charge(value);
            mapped.Add(value);
        }
        return mapped;
    }
}

internal sealed class FilterExpression(Expression input, int slot, Expression condition, Expression? limit)
    : ControlExpression(input, condition, limit)
{
    public override BsonValue Evaluate(EvaluationContext context)
    {
        if (IterationOperators.Input(input, context, "$filter", 28651) is not { } array)
            return BsonNull.Value;
        var maxCount = Limit(context);
        var kept = new BsonArray();
        for (var i = 0; i < array.Count && kept.Count < maxCount; i++)
        {
            LoopGuard.Tick(context, i);
            context[slot] = array[i];
            if (Truthiness.IsTrue(condition.Evaluate(context)))
                kept.Add(array[i]);
        }
        return kept;
    }

    private int Limit(EvaluationContext context)
    {
        var value = limit?.Evaluate(context);
        if (value.IsNullish())
            return int.MaxValue;
        if (!Numbers.TryToInt32(value, out var count))
            throw MongoErrorException.Location(327391, $"$filter: limit must be represented as a 32-bit integral value: {value}");
        return count > 0 ? count : throw MongoErrorException.Location(327392, $"$filter: limit must be greater than 0: {count}");
    }
}

internal sealed class ReduceExpression(Expression input, Expression seed, int current, int accumulated, Expression body)
    : ControlExpression(input, seed, body)
{
    public override BsonValue? Evaluate(EvaluationContext context)
    {
        if (IterationOperators.Input(input, context, "$reduce", 40080) is not { } array)
            return BsonNull.Value;
        var result = seed.Evaluate(context);
        for (var i = 0; i < array.Count; i++)
        {
            LoopGuard.Tick(context, i);
            context[current] = array[i];
            context[accumulated] = result;
            result = body.Evaluate(context);
        }
        return result;
    }
}

/// <summary>Stops loops over long arrays at the command's deadline.</summary>
internal static class LoopGuard
{
    public static void Tick(EvaluationContext context, int iteration)
    {
        if ((iteration & 0xff) == 0xff)
            context.CheckInterrupted?.Invoke();
    }
}
