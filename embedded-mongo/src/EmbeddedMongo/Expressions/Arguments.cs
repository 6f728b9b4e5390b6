using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions;

/// <summary>Operands given by position: an array of them, or a single one without its array.</summary>
internal static class Arguments
{
    public static Expression[] List(BsonValue argument, VariableScope scope)
    {
        if (argument is not BsonArray array)
            return [ExpressionParser.Parse(argument, scope)];
        var operands = new Expression[array.Count];
        for (var i = 0; i < operands.Length; i++)
            operands[i] = ExpressionParser.Parse(array[i], scope);
        return operands;
    }

    /// <summary>Exactly <paramref name="count"/> operands (error 16020).</summary>
    public static Expression[] Exactly(string name, BsonValue argument, VariableScope scope, int count)
    {
        var operands = List(argument, scope);
        return operands.Length == count
            ? operands
            : throw MongoErrorException.Location(
                16020,
                $"Expression {name} takes exactly {count} arguments. {operands.Length} were passed in."
            );
    }

    /// <summary>Between two numbers of operands (error 28667).</summary>
    public static Expression[] Between(string name, BsonValue argument, VariableScope scope, int least, int most)
    {
        var operands = List(argument, scope);
        return operands.Length >= least && operands.Length <= most
            ? operands
            : throw MongoErrorException.Location(
                28667,
                most == int.MaxValue
                    ? $"Expression {name} takes at least {least} arguments, but {operands.Length} were passed in."
                    : $"Expression {name} takes at least {least} arguments, and at most {most}, but {operands.Length} were passed in."
            );
    }
}

/// <summary>Operands given by name in a document, with the error codes of the operator that takes them.</summary>
/// <param name="operatorName">With its dollar, for messages.</param>
/// <param name="names">All that are known; the values come in this order.</param>
/// <param name="required">How many of the first must be there.</param>
/// <param name="notDocument">Code when the argument is no document.</param>
/// <param name="unknown">Code for an unknown name.</param>
/// <param name="missing">Codes for absent required names, in order; the last counts for the rest.</param>
internal sealed class NamedArguments(string operatorName, string[] names, int required, int notDocument, int unknown, params int[] missing)
{
    public Expression?[] Parse(BsonValue argument, VariableScope scope)
    {
        var raw = Raw(argument);
        var operands = new Expression?[raw.Length];
        for (var i = 0; i < raw.Length; i++)
            operands[i] = raw[i] is { } value ? ExpressionParser.Parse(value, scope) : null;
        return operands;
    }

    /// <summary>The unparsed operands, for operators that declare variables before they parse the rest.</summary>
    public BsonValue?[] Raw(BsonValue argument)
    {
        if (argument is not BsonDocument document)
            throw MongoErrorException.Location(notDocument, $"{operatorName} only supports an object as its argument");
        var values = new BsonValue?[names.Length];
        foreach (var element in document)
        {
            var index = Array.IndexOf(names, element.Name);
            if (index < 0)
                throw MongoErrorException.Location(unknown, $"Unrecognized parameter to {operatorName}: {element.Name}");
            values[index] = element.Value;
        }
        for (var i = 0; i < required; i++)
        {
            if (values[i] is null)
            {
                throw MongoErrorException.Location(
                    missing[Math.Min(i, missing.Length - 1)],
                    $"Missing '{names[i]}' parameter to {operatorName}"
                );
            }
        }
        return values;
    }
}
