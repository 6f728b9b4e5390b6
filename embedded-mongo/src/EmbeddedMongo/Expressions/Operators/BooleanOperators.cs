using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>$and, $or and $not. The first two stop at the operand that determines the result.</summary>
internal static class BooleanOperators
{
    public static void AddTo(OperatorTable table)
    {
        table.Custom("$and", (_, argument, scope) => new LogicalExpression(Arguments.List(argument, scope), decides: false));
        table.Custom("$or", (_, argument, scope) => new LogicalExpression(Arguments.List(argument, scope), decides: true));
        table.Unary("$not", value => Truthiness.IsTrue(value) ? BsonBoolean.False : BsonBoolean.True);
    }
}

/// <summary>An $and or $or. The first operand that evaluates to <c>decides</c> determines the result.</summary>
internal sealed class LogicalExpression(Expression[] operands, bool decides) : ControlExpression(operands)
{
    /// <summary>True for $and, in which $lookup looks for equalities.</summary>
    public bool IsAnd => !decides;

    public IReadOnlyList<Expression?> Operands => Parts;

    public override BsonValue Evaluate(EvaluationContext context)
    {
        foreach (var operand in Parts)
        {
            if (Truthiness.IsTrue(operand!.Evaluate(context)) == decides)
                return decides ? BsonBoolean.True : BsonBoolean.False;
        }
        return decides ? BsonBoolean.False : BsonBoolean.True;
    }
}
