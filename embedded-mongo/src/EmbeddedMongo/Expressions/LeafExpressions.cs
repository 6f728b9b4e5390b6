using System.Text;
using EmbeddedMongo.Bson;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions;

/// <summary>A literal, a folded sub-expression or $$REMOVE (missing).</summary>
internal sealed class ConstantExpression(BsonValue? value) : Expression
{
    public BsonValue? Value { get; } = value;

    public override bool IsConstant => true;

    public override BsonValue? Evaluate(EvaluationContext context) => Value;

    public override void CollectFields(FieldSet into) { }
}

/// <summary>"$a.b": a path under $$CURRENT, by far the most common expression.</summary>
internal sealed class FieldPathExpression(string[] parts) : Expression
{
    /// <summary>The names in the path. $group, $lookup and projections inspect them.</summary>
    public string[] Parts { get; } = parts;

    /// <summary>The names in UTF-8, as they are stored.</summary>
    public byte[][] Utf8Parts { get; } = Array.ConvertAll(parts, Encoding.UTF8.GetBytes);

    public override BsonValue? Evaluate(EvaluationContext context) => context.Read(this);

    public override void CollectFields(FieldSet into) => into.AddPath(Parts);
}

/// <summary>"$$name.a.b": a variable, or a path under one.</summary>
internal sealed class VariableExpression(string name, int slot, string[] parts) : Expression
{
    public string Name { get; } = name;

    public int Slot { get; } = slot;

    public string[] Parts { get; } = parts;

    public override BsonValue? Evaluate(EvaluationContext context) =>
        Parts.Length == 0 ? context[Slot] : FieldPath.Read(context[Slot], Parts);

    public override void CollectFields(FieldSet into)
    {
        if (Slot is not (EvaluationContext.RootSlot or EvaluationContext.CurrentSlot))
            return;
        if (Parts.Length == 0)
            into.All = true;
        else
            into.AddPath(Parts);
    }
}
