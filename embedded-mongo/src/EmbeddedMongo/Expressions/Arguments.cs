using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions;

/// <summary>Positional operands: an array of operands, or a single operand without an array.</summary>
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

    /// <summary>Parses exactly <paramref name="count"/> operands (error 16020 for any other number).</summary>
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

    /// <summary>Parses <paramref name="min"/> to <paramref name="max"/> operands (error 28667 for any other number).</summary>
    public static Expression[] Between(string name, BsonValue argument, VariableScope scope, int min, int max)
    {
        var operands = List(argument, scope);
        return operands.Length >= min && operands.Length <= max
            ? operands
            : throw MongoErrorException.Location(
                28667,
                max == int.MaxValue
                    ? $"Expression {name} takes at least {min} arguments, but {operands.Length} were passed in."
                    : $"Expression {name} takes at least {min} arguments, and at most {max}, but {operands.Length} were passed in."
            );
    }
}

/// <summary>Named operands in a document, with the error codes of the operator.</summary>
/// <param name="operatorName">The operator with its dollar sign, for messages.</param>
/// <param name="names">All known names, in the order of the parsed values.</param>
/// <param name="required">The number of required names, which come first.</param>
/// <param name="notDocument">The error code if the argument is not a document.</param>
/// <param name="unknown">The error code for an unknown name.</param>
/// <param name="missing">The error codes for missing required names, in order. The last one applies to all further names.</param>
internal sealed class NamedArguments(string operatorName, string[] names, int required, int notDocument, int unknown, params int[] missing)
{
    public Expression?[] Parse(BsonValue argument, VariableScope scope)
    {
        var raw = ReadUnparsed(argument);
        var operands = new Expression?[raw.Length];
        for (var i = 0; i < raw.Length; i++)
            operands[i] = raw[i] is { } value ? ExpressionParser.Parse(value, scope) : null;
        return operands;
    }

    /// <summary>Returns the unparsed operands, for operators that declare variables before parsing the rest.</summary>
    public BsonValue?[] ReadUnparsed(BsonValue argument)
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
