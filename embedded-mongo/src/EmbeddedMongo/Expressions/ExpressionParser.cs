using System.Collections.Frozen;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions.Operators;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions;

/// <summary>
/// Parses aggregation expressions: "$field", "$$variable", {$operator: …}, documents and arrays of expressions, literals.
/// Constant sub-expressions are computed once, while parsing. One that fails is an error, even in a branch that is not taken.
/// </summary>
internal static class ExpressionParser
{
    private static readonly FrozenDictionary<string, OperatorParser> Operators = BuildTable();

    /// <summary>Parses any value in a place where an expression is allowed.</summary>
    /// <exception cref="MongoErrorException">168 for an unknown operator, 16872, 17276 and each operator's own codes.</exception>
    public static Expression Parse(BsonValue spec, VariableScope scope) =>
        spec switch
        {
            BsonString text when text.Value.StartsWith('$') => ParsePath(text.Value, scope),
            BsonDocument document => ParseDocument(document, scope),
            BsonArray array => Fold(new ArrayExpression(Arguments.List(array, scope)), scope),
            _ => new ConstantExpression(spec),
        };

    /// <summary>Returns whether a name is an expression operator, supported or not.</summary>
    public static bool IsKnown(string name) => Operators.ContainsKey(name) || UnsupportedOperators.IsKnown(name);

    /// <summary>Returns whether a name is an expression operator that this server supports.</summary>
    public static bool IsOperator(string name) => Operators.ContainsKey(name);

    /// <summary>Parses {$operator: argument}, the only field of its document.</summary>
    public static Expression ParseOperator(string name, BsonValue argument, VariableScope scope)
    {
        if (!Operators.TryGetValue(name, out var parser))
            throw UnsupportedOperators.CreateError(name);
        return Fold(parser(name, argument, scope), scope);
    }

    private static Expression ParseDocument(BsonDocument document, VariableScope scope)
    {
        if (document.ElementCount == 0)
            return new ConstantExpression(document);
        var first = document.GetElement(0);
        if (first.Name.StartsWith('$'))
        {
            return document.ElementCount == 1
                ? ParseOperator(first.Name, first.Value, scope)
                : throw MongoErrorException.Location(
                    15983,
                    $"An object representing an expression must have exactly one field: {document}"
                );
        }
        var names = new string[document.ElementCount];
        var values = new Expression[names.Length];
        for (var i = 0; i < names.Length; i++)
        {
            var element = document.GetElement(i);
            names[i] = ObjectFieldName(element.Name, names, i);
            values[i] = Parse(element.Value, scope);
        }
        return Fold(new ObjectExpression(names, values), scope);
    }

    private static string ObjectFieldName(string name, string[] before, int count)
    {
        FieldPath.RequireName(name);
        if (name.Contains('.', StringComparison.Ordinal))
            throw MongoErrorException.Location(16412, $"FieldPath field names may not contain '.'. Consider using $getField or $setField.");
        return Array.IndexOf(before, name, 0, count) < 0
            ? name
            : throw MongoErrorException.Location(16406, $"duplicate field name specified in object literal: {name}");
    }

    private static Expression ParsePath(string text, VariableScope scope)
    {
        if (!text.StartsWith("$$", StringComparison.Ordinal))
        {
            if (text.Length == 1)
                throw MongoErrorException.Location(16872, "'$' by itself is not a valid FieldPath");
            var parts = FieldPath.Parse(text[1..]);
            var current = scope.Resolve("CURRENT");
            return current == EvaluationContext.CurrentSlot
                ? new FieldPathExpression(parts)
                : new VariableExpression("CURRENT", current, parts);
        }
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var name = dot < 0 ? text[2..] : text[2..dot];
        VariableNames.RequireReadable(name);
        var path = dot < 0 ? [] : FieldPath.Parse(text[(dot + 1)..]);
        if (scope.TryResolve(name, out _))
            return new VariableExpression(name, scope.Resolve(name), path);
        return name switch
        {
            "NOW" => new ConstantExpression(path.Length == 0 ? scope.Context.Now : null),
            "REMOVE" => new ConstantExpression(null),
            "CLUSTER_TIME" => throw MongoErrorException.Location(51144, "Builtin variable '$$CLUSTER_TIME' is not available"),
            "USER_ROLES" or "SEARCH_META" => throw MongoErrorException.CommandNotSupported(
                $"the variable $${name} is not supported by the embedded server"
            ),
            _ => throw MongoErrorException.Location(17276, $"Use of undefined variable: {name}"),
        };
    }

    private static Expression Fold(Expression expression, VariableScope scope)
    {
        if (!expression.IsConstant || expression is ConstantExpression)
            return expression;
        try
        {
            var value = expression.Evaluate(scope.Context);
            scope.Context.ChargeLong(value);
            return new ConstantExpression(value);
        }
        catch (MongoErrorException error) when (error.Code != MongoErrorCodes.ExceededMemoryLimit && !expression.FailsWhileParsing)
        {
            // It fails if it is evaluated ({$switch: {branches: [{case: false, then: 1}]}}).
            return expression;
        }
    }

    private static FrozenDictionary<string, OperatorParser> BuildTable()
    {
        var table = new OperatorTable();
        ArithmeticOperators.AddTo(table);
        RoundingOperators.AddTo(table);
        LogarithmOperators.AddTo(table);
        TrigonometryOperators.AddTo(table);
        BitwiseOperators.AddTo(table);
        ComparisonOperators.AddTo(table);
        BooleanOperators.AddTo(table);
        ConditionalOperators.AddTo(table);
        ArrayOperators.AddTo(table);
        ArrayBuilders.AddTo(table);
        ArraySearchOperators.AddTo(table);
        IterationOperators.AddTo(table);
        SortArrayOperator.AddTo(table);
        RankingOperators.AddTo(table);
        SetOperators.AddTo(table);
        StringOperators.AddTo(table);
        SubstringOperators.AddTo(table);
        TrimOperators.AddTo(table);
        ReplaceOperators.AddTo(table);
        RegexOperators.AddTo(table);
        ObjectOperators.AddTo(table);
        FieldOperators.AddTo(table);
        TypeOperators.AddTo(table);
        ConversionOperators.AddTo(table);
        TimestampOperators.AddTo(table);
        DatePartOperators.AddTo(table);
        DateArithmeticOperators.AddTo(table);
        DateStringOperators.AddTo(table);
        DatePartsOperators.AddTo(table);
        AccumulatorOperators.AddTo(table);
        VariableOperators.AddTo(table);
        return table.Freeze();
    }
}
