using EmbeddedMongo.Bson;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions;

/// <summary>{a: expr, b: expr}: builds a document and omits fields whose value is missing, or sets them to null.</summary>
internal sealed class ObjectExpression(string[] names, Expression[] values, bool isMissingNull = false) : Expression
{
    public override bool IsConstant => Array.TrueForAll(values, v => v.IsConstant);

    /// <summary>Returns the expression of a group key. In a key of one field, MongoDB replaces a missing value with null.</summary>
    public ObjectExpression ToGroupKey() => names.Length == 1 ? new ObjectExpression(names, values, isMissingNull: true) : this;

    public override BsonValue Evaluate(EvaluationContext context)
    {
        var document = new BsonDocument(allowDuplicateNames: true);
        for (var i = 0; i < names.Length; i++)
        {
            if ((values[i].Evaluate(context) ?? (isMissingNull ? BsonNull.Value : null)) is { } value)
            {
                context.ChargeLong(value);
                document.Add(names[i], value);
            }
        }
        return document;
    }

    public override void CollectFields(FieldSet into)
    {
        foreach (var value in values)
            value.CollectFields(into);
    }
}

/// <summary>[expr, …]: builds an array, with null for missing values.</summary>
internal sealed class ArrayExpression(Expression[] items) : Expression
{
    public override bool IsConstant => Array.TrueForAll(items, v => v.IsConstant);

    public override BsonValue Evaluate(EvaluationContext context)
    {
        var array = new BsonArray(items.Length);
        foreach (var item in items)
        {
            var value = item.Evaluate(context);
            context.ChargeLong(value);
            array.Add(value ?? BsonNull.Value);
        }
        return array;
    }

    public override void CollectFields(FieldSet into)
    {
        foreach (var item in items)
            item.CollectFields(into);
    }
}
