using EmbeddedMongo.Errors;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>$cond (both forms), $ifNull and $switch. Only the branch that is taken is evaluated.</summary>
internal static class ConditionalOperators
{
    public static void AddTo(OperatorTable table)
    {
        table.Custom("$cond", ParseCond);
        table.Custom(
            "$ifNull",
            (name, argument, scope) =>
            {
                var operands = Arguments.List(argument, scope);
                return operands.Length >= 2
                    ? new IfNullExpression(operands)
                    : throw MongoErrorException.Location(1257300, $"$ifNull needs at least two arguments, had: {operands.Length}");
            }
        );
        table.Custom("$switch", SwitchExpression.Parse);
    }

    private static CondExpression ParseCond(string name, BsonValue argument, VariableScope scope)
    {
        if (argument is not BsonDocument document)
        {
            var operands = Arguments.Exactly(name, argument, scope, 3);
            return new CondExpression(operands[0], operands[1], operands[2]);
        }
        Expression? test = null,
            then = null,
            otherwise = null;
        foreach (var element in document)
        {
            var value = ExpressionParser.Parse(element.Value, scope);
            switch (element.Name)
            {
                case "if":
                    test = value;
                    break;
                case "then":
                    then = value;
                    break;
                case "else":
                    otherwise = value;
                    break;
                default:
                    throw MongoErrorException.Location(17083, $"Unrecognized parameter to $cond: {element.Name}");
            }
        }
        return new CondExpression(
            test ?? throw MongoErrorException.Location(17080, "Missing 'if' parameter to $cond"),
            then ?? throw MongoErrorException.Location(17081, "Missing 'then' parameter to $cond"),
            otherwise ?? throw MongoErrorException.Location(17082, "Missing 'else' parameter to $cond")
        );
    }
}

internal sealed class CondExpression(Expression test, Expression then, Expression otherwise) : ControlExpression(test, then, otherwise)
{
    public override BsonValue? Evaluate(EvaluationContext context) =>
        (Truthiness.IsTrue(test.Evaluate(context)) ? then : otherwise).Evaluate(context);
}

internal sealed class IfNullExpression(Expression[] operands) : ControlExpression(operands)
{
    public override BsonValue? Evaluate(EvaluationContext context)
    {
        for (var i = 0; i < Parts.Length - 1; i++)
        {
            if (Parts[i]!.Evaluate(context) is var value && !value.IsNullish())
                return value;
        }
        return Parts[^1]!.Evaluate(context);
    }
}

internal sealed class SwitchExpression((Expression Case, Expression Then)[] branches, Expression? otherwise)
    : ControlExpression([.. branches.SelectMany(b => new[] { b.Case, b.Then }), otherwise])
{
    public static Expression Parse(string name, BsonValue argument, VariableScope scope)
    {
        if (argument is not BsonDocument document)
            throw MongoErrorException.Location(40060, $"$switch requires an object as an argument, found: {TypeNames.Of(argument)}");
        Expression? otherwise = null;
        var branches = new List<(Expression, Expression)>();
        foreach (var element in document)
        {
            switch (element.Name)
            {
                case "branches" when element.Value is BsonArray array:
                    branches.AddRange(array.Select(b => ParseBranch(b, scope)));
                    break;
                case "branches":
                    throw MongoErrorException.Location(
                        40061,
                        $"$switch expected an array for 'branches', found: {TypeNames.Of(element.Value)}"
                    );
                case "default":
                    otherwise = ExpressionParser.Parse(element.Value, scope);
                    break;
                default:
                    throw MongoErrorException.Location(40067, $"$switch found an unknown argument: {element.Name}");
            }
        }
        return branches.Count > 0
            ? new SwitchExpression([.. branches], otherwise)
            : throw MongoErrorException.Location(40068, "$switch requires at least one branch.");
    }

    public override BsonValue? Evaluate(EvaluationContext context)
    {
        foreach (var (test, then) in branches)
        {
            if (Truthiness.IsTrue(test.Evaluate(context)))
                return then.Evaluate(context);
        }
        return otherwise is not null
            ? otherwise.Evaluate(context)
            : throw MongoErrorException.Location(
                40066,
                "$switch could not find a matching branch for an input, and no default was specified."
            );
    }

    private static (Expression, Expression) ParseBranch(BsonValue branch, VariableScope scope)
    {
        if (branch is not BsonDocument document)
            throw MongoErrorException.Location(40062, $"$switch expected each branch to be an object, found: {TypeNames.Of(branch)}");
        Expression? test = null,
            then = null;
        foreach (var element in document)
        {
            switch (element.Name)
            {
                case "case":
                    test = ExpressionParser.Parse(element.Value, scope);
                    break;
                case "then":
                    then = ExpressionParser.Parse(element.Value, scope);
                    break;
                default:
                    throw MongoErrorException.Location(40063, $"$switch found an unknown argument to a branch: {element.Name}");
            }
        }
        return (
            test ?? throw MongoErrorException.Location(40064, "$switch requires each branch have a 'case' expression"),
            then ?? throw MongoErrorException.Location(40065, "$switch requires each branch have a 'then' expression.")
        );
    }
}
