using EmbeddedMongo.Bson;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions;

/// <summary>An operator with one operand.</summary>
internal sealed class UnaryExpression(Expression operand, Func<BsonValue?, BsonValue?> apply) : Expression
{
    public override bool IsConstant => operand.IsConstant;

    public override BsonValue? Evaluate(EvaluationContext context) => apply(operand.Evaluate(context));

    public override void CollectFields(FieldSet into) => operand.CollectFields(into);
}

/// <summary>An operator with two operands.</summary>
internal sealed class BinaryExpression(string name, Expression left, Expression right, Func<BsonValue?, BsonValue?, BsonValue?> apply)
    : Expression
{
    /// <summary>The operator, with its dollar sign. $lookup recognizes $eq.</summary>
    public string Name { get; } = name;

    public Expression Left { get; } = left;

    public Expression Right { get; } = right;

    public override bool IsConstant => Left.IsConstant && Right.IsConstant;

    public override BsonValue? Evaluate(EvaluationContext context) => apply(Left.Evaluate(context), Right.Evaluate(context));

    public override void CollectFields(FieldSet into)
    {
        Left.CollectFields(into);
        Right.CollectFields(into);
    }
}

/// <summary>
/// An operator with several operands, which are evaluated first and in order. An absent optional operand is a C# null expression.
/// With <c>stopAtNull</c> ($add, $concat, …), operands after the first null are not evaluated and cannot fail.
/// </summary>
internal sealed class VariadicExpression(Expression?[] operands, Func<BsonValue?[], BsonValue?> apply, bool stopAtNull = false) : Expression
{
    public override bool IsConstant => Array.TrueForAll(operands, o => o is null || o.IsConstant);

    public override BsonValue? Evaluate(EvaluationContext context)
    {
        var values = new BsonValue?[operands.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = operands[i]?.Evaluate(context);
            if (stopAtNull && values[i].IsNullish())
                return apply(values[..(i + 1)]);
        }
        return apply(values);
    }

    public override void CollectFields(FieldSet into)
    {
        foreach (var operand in operands)
            operand?.CollectFields(into);
    }
}

/// <summary>An operator that decides which operands to evaluate, and how often ($and, $cond, $map, …).</summary>
internal abstract class ControlExpression(params Expression?[] operands) : Expression
{
    /// <summary>All operands, with C# null for absent ones.</summary>
    protected Expression?[] Parts { get; } = operands;

    /// <summary>Whether all operands are constant. An operator that binds variables in its operands is never folded.</summary>
    public override bool IsConstant => Array.TrueForAll(Parts, o => o is null || o.IsConstant);

    public override bool FailsWhileParsing => false;

    public override void CollectFields(FieldSet into)
    {
        foreach (var operand in Parts)
            operand?.CollectFields(into);
    }
}
