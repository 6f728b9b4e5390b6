using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>$let, $literal, $const, $expr and $rand.</summary>
internal static class VariableOperators
{
    private static readonly NamedArguments LetArguments = new("$let", ["vars", "in"], 2, 16874, 16875, 16876, 16877);

    public static void AddTo(OperatorTable table)
    {
        table.Custom("$let", ParseLet);
        table.Custom("$literal", (_, argument, _) => new ConstantExpression(argument));
        table.Custom("$const", (_, argument, _) => new ConstantExpression(argument));
        table.Custom("$expr", (_, argument, scope) => ExpressionParser.Parse(argument, scope));
        table.Custom(
            "$rand",
            (_, argument, _) =>
                argument is BsonDocument { ElementCount: 0 } or BsonArray { Count: 0 }
                    ? new RandExpression()
                    : throw MongoErrorException.Location(3040501, "$rand does not currently accept arguments")
        );
    }

    private static LetExpression ParseLet(string name, BsonValue argument, VariableScope scope)
    {
        var raw = LetArguments.ReadUnparsed(argument);
        var vars = raw[0] as BsonDocument ?? throw MongoErrorException.Location(10065, "invalid parameter: expected an object (vars)");
        var inner = scope.CreateChild();
        var values = vars.Select(v => (v.Name, Value: ExpressionParser.Parse(v.Value, scope))).ToArray();
        var slots = values.Select(v => inner.Declare(v.Name)).ToArray();
        return new LetExpression(slots, [.. values.Select(v => v.Value)], ExpressionParser.Parse(raw[1]!, inner));
    }
}

internal sealed class LetExpression(int[] slots, Expression[] values, Expression body) : ControlExpression([.. values, body])
{
    public override BsonValue? Evaluate(EvaluationContext context)
    {
        for (var i = 0; i < slots.Length; i++)
            context[slots[i]] = values[i].Evaluate(context);
        return body.Evaluate(context);
    }
}

/// <summary>$rand: a new double in [0, 1) for every document.</summary>
internal sealed class RandExpression : ControlExpression
{
    public override bool IsConstant => false;

    public override BsonValue Evaluate(EvaluationContext context) => new BsonDouble(context.Random.NextDouble());
}
