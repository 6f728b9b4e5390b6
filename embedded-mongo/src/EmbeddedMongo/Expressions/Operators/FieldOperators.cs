using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>$getField, $setField and $unsetField, for fields whose names contain dots or dollar signs. Names are not paths.</summary>
internal static class FieldOperators
{
    private static readonly NamedArguments SetArguments = new(
        "$setField",
        ["field", "input", "value"],
        3,
        4161100,
        4161101,
        4161102,
        4161109,
        4161103
    );
    private static readonly NamedArguments UnsetArguments = new("$unsetField", ["field", "input"], 2, 4161100, 4161101, 4161102, 4161109);

    public static void AddTo(OperatorTable table)
    {
        table.Custom("$getField", ParseGet);
        table.Custom(
            "$setField",
            (name, argument, scope) =>
            {
                var raw = SetArguments.ReadUnparsed(argument);
                return new SetFieldExpression(
                    name,
                    FieldName(name, raw[0]!, scope),
                    ExpressionParser.Parse(raw[1]!, scope),
                    ExpressionParser.Parse(raw[2]!, scope)
                );
            }
        );
        table.Custom(
            "$unsetField",
            (name, argument, scope) =>
            {
                var raw = UnsetArguments.ReadUnparsed(argument);
                return new SetFieldExpression(
                    name,
                    FieldName(name, raw[0]!, scope),
                    ExpressionParser.Parse(raw[1]!, scope),
                    new ConstantExpression(null)
                );
            }
        );
    }

    private static GetFieldExpression ParseGet(string name, BsonValue argument, VariableScope scope)
    {
        var (field, input) = (argument, (BsonValue)"$$CURRENT");
        if (argument is BsonDocument document && (document.Contains("field") || document.Contains("input")))
        {
            var raw = new NamedArguments(name, ["field", "input"], 1, 3041701, 3041701, 3041702).ReadUnparsed(argument);
            field = raw[0]!;
            if (raw[1] is null)
                throw MongoErrorException.Location(3041703, "$getField requires 'input' to be specified");
            input = raw[1]!;
        }
        else if (argument is BsonDocument other && (other.ElementCount == 0 || !other.GetElement(0).Name.StartsWith('$')))
        {
            throw other.ElementCount == 0
                ? MongoErrorException.Location(3041702, "$getField requires 'field' to be specified")
                : MongoErrorException.Location(3041701, $"$getField found an unknown argument: {other.GetElement(0).Name}");
        }
        return new GetFieldExpression(ExpressionParser.Parse(field, scope), ExpressionParser.Parse(input, scope));
    }

    private static string FieldName(string name, BsonValue field, VariableScope scope) =>
        ExpressionParser.Parse(field, scope) switch
        {
            ConstantExpression { Value: BsonString text } when !text.Value.Contains('\0', StringComparison.Ordinal) => text.Value,
            ConstantExpression { Value: BsonString } => throw MongoErrorException.Location(
                9423101,
                $"{name} requires 'field' to contain no null byte"
            ),
            ConstantExpression constant => throw MongoErrorException.Location(
                4161107,
                $"{name} requires 'field' to evaluate to type String, but got {TypeNames.Of(constant.Value)}"
            ),
            FieldPathExpression or VariableExpression => throw MongoErrorException.Location(
                4161108,
                $"'{field}' starts with '$'. {name} requires 'field' to evaluate to a constant; consider $literal"
            ),
            _ => throw MongoErrorException.Location(4161106, $"{name} requires 'field' to evaluate to a constant"),
        };
}

internal sealed class GetFieldExpression(Expression name, Expression input) : Expression
{
    public override bool IsConstant => name.IsConstant && input.IsConstant;

    public override BsonValue? Evaluate(EvaluationContext context)
    {
        var value = name.Evaluate(context);
        if (value is not BsonString text)
        {
            throw MongoErrorException.Location(
                3041704,
                $"$getField requires 'field' to evaluate to type String, but got {TypeNames.Of(value)}"
            );
        }

        value = input.Evaluate(context);
        return value is BsonDocument document
            ? document.TryGetValue(text.Value, out var found)
                ? found
                : null
            : value is not null && value.IsNullish()
                ? BsonNull.Value
                : null;
    }

    public override void CollectFields(FieldSet into)
    {
        name.CollectFields(into);
        // The input is the whole document, but only one of its fields is read.
        if (
            name is ConstantExpression { Value: BsonString literal }
            && !literal.Value.Contains('.', StringComparison.Ordinal)
            && input is VariableExpression { Slot: EvaluationContext.CurrentSlot or EvaluationContext.RootSlot, Parts.Length: 0 }
        )
        {
            into.Add(literal.Value);
        }
        else
        {
            input.CollectFields(into);
        }
    }
}

internal sealed class SetFieldExpression(string name, string key, Expression input, Expression value) : ControlExpression(input, value)
{
    public override BsonValue Evaluate(EvaluationContext context)
    {
        var target = input.Evaluate(context);
        if (target.IsNullish())
            return BsonNull.Value;
        if (target is not BsonDocument document)
            throw MongoErrorException.Location(4161105, $"{name} requires 'input' to evaluate to type Object");
        var copy = new BsonDocument(document.Elements);
        if (value.Evaluate(context) is { } content)
            copy[key] = content;
        else
            copy.Remove(key);
        return copy;
    }
}
