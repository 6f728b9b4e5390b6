using EmbeddedMongo.Bson;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions;

/// <summary>An operator of one operand.</summary>
internal sealed class UnaryExpression(Expression operand, Func<BsonValue?, BsonValue?> apply) : Expression
{
    public override bool IsConstant => operand.IsConstant;

    public override BsonValue? Evaluate(EvaluationContext context) => apply(operand.Evaluate(context));

    public override void CollectFields(FieldSet into) => operand.CollectFields(into);
}

/// <summary>An operator of two operands.</summary>
internal sealed class BinaryExpression(string name, Expression left, Expression right, Func<BsonValue?, BsonValue?, BsonValue?> apply)
    : Expression
{
    /// <summary>The operator, with its dollar; $lookup recognises $eq.</summary>
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

/// <summary>An operator of several operands, evaluated first and in order. An absent optional operand is a C# null expression.</summary>
/// <param name="operands">The operands.</param>
/// <param name="apply">Computes the value of theirs.</param>
/// <param name="nullStops">Whether the first null ends it ($add, $concat …): what comes after it is not evaluated and cannot fail.</param>
internal sealed class VariadicExpression(Expression?[] operands, Func<BsonValue?[], BsonValue?> apply, bool nullStops = false) : Expression
{
    public override bool IsConstant => Array.TrueForAll(operands, o => o is null || o.IsConstant);

    public override BsonValue? Evaluate(EvaluationContext context)
    {
        var values = new BsonValue?[operands.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = operands[i]?.Evaluate(context);
            if (nullStops && values[i].IsNullish())
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

/// <summary>An operator that decides itself which operands to evaluate, and how often ($and, $cond, $map …).</summary>
internal abstract class ControlExpression(params Expression?[] operands) : Expression
{
    /// <summary>All operands, absent ones as C# null.</summary>
    protected Expression?[] Parts { get; } = operands;

    /// <summary>Whether all operands are; one that binds variables to its operands is never folded.</summary>
    public override bool IsConstant => Array.TrueForAll(Parts, o => o is null || o.IsConstant);

    public override void CollectFields(FieldSet into)
    {
        foreach (var operand in Parts)
            operand?.CollectFields(into);
    }
}
