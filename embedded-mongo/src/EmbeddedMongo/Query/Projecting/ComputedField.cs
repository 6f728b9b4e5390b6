using EmbeddedMongo.Bson;
using EmbeddedMongo.Expressions;
using EmbeddedMongo.Query.Matching;
using MongoDB.Bson;

namespace EmbeddedMongo.Query.Projecting;

/// <summary>A projected field whose value is computed from the whole document.</summary>
internal abstract class ComputedField
{
    /// <summary>Returns the value, or C# null to omit the field.</summary>
    public abstract BsonValue? Evaluate(BsonDocument root);

    public abstract void CollectFields(FieldSet into);
}

/// <summary>
/// <c>{field: {$elemMatch: …}}</c>: an array of the first matching element. Omitted if there is none or the field is not an array.
/// </summary>
internal sealed class ElemMatchField(string field, PathExpression condition) : ComputedField
{
    public override BsonValue? Evaluate(BsonDocument root)
    {
        if (!root.TryGetValue(field, out var value) || value is not BsonArray array)
            return null;

        var index = condition is ElemMatchExpression filter ? filter.IndexIn(array) : ((ElemMatchValueExpression)condition).IndexIn(array);
        return index < 0 ? null : new BsonArray { array[index] };
    }

    public override void CollectFields(FieldSet into) => into.Add(field);
}

/// <summary>A field whose value is an aggregation expression.</summary>
internal sealed class ExpressionField(Expression expression, EvaluationContext context) : ComputedField
{
    public override BsonValue? Evaluate(BsonDocument root)
    {
        context.Bind(root);
        return expression.Evaluate(context);
    }

    public override void CollectFields(FieldSet into) => expression.CollectFields(into);
}
