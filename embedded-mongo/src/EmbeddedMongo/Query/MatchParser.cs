using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;
using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Query;

/// <summary>
/// Parses filter documents (manual: "Query Predicates"). Operators that this server does not support are rejected by name.
/// </summary>
internal static class MatchParser
{
    /// <summary>Parses the filter of a command.</summary>
    /// <exception cref="MongoErrorException">2 (BadValue) for unknown operators and bad operands, 51091 for an invalid pattern.</exception>
    public static MatchExpression Parse(BsonDocument filter, MatchContext context) => ParseFilter(filter, context, topLevel: true);

    /// <summary>
    /// Parses the condition on one field, such as <c>{$gt: 1, $lt: 5}</c>, for the given path (<c>$pull</c>, array filters).
    /// </summary>
    public static MatchExpression ParseCondition(string path, BsonValue condition, MatchContext context) =>
        ParseField(new BsonPath(path), condition, context);

    /// <summary>Returns whether a value is a document of operators rather than a value to compare with. A DBRef is a value.</summary>
    public static bool IsOperatorDocument(BsonValue value) =>
        value is BsonDocument { ElementCount: > 0 } document
        && document.GetElement(0).Name.StartsWith('$')
        && !(document.Contains("$ref") && document.Contains("$id"));

    /// <summary>
    /// Returns whether a first operator makes a condition on an element of an array a filter of documents, as opposed to a condition on
    /// its value.
    /// </summary>
    public static bool IsFilterOperator(string name) =>
        name is "$and" or "$or" or "$nor" or "$where" or "$expr" or "$text" or "$jsonSchema" || DbRef.IsField(name);

    internal static MatchExpression ParseFilter(BsonDocument filter, MatchContext context, bool topLevel)
    {
        var children = new List<MatchExpression>(filter.ElementCount);
        for (var i = 0; i < filter.ElementCount; i++)
        {
            var element = filter.GetElement(i);
            if (element.Name.StartsWith('$'))
            {
                if (ParseTopLevel(element.Name, element.Value, context, topLevel) is { } parsed)
                    children.Add(parsed);
            }
            else
            {
                children.Add(ParseField(new BsonPath(element.Name), element.Value, context));
            }
        }

        return AllOf(children);
    }

    internal static MatchExpression ParseField(BsonPath path, BsonValue value, MatchContext context)
    {
        if (IsOperatorDocument(value))
            return FieldOperatorParser.ParseAll(path, (BsonDocument)value, context);

        return value switch
        {
            BsonRegularExpression regex => new RegexExpression(path, regex.Pattern, regex.Options),
            BsonUndefined => throw MongoErrorException.BadValue("cannot compare to undefined"),
            _ => new ComparisonExpression(path, ComparisonOperator.Eq, value, context.Collation),
        };
    }

    /// <summary>Combines conditions into a flat conjunction, so that the planner sees those of nested <c>$and</c>s side by side.</summary>
    internal static MatchExpression AllOf(List<MatchExpression> children)
    {
        var flat = new List<MatchExpression>(children.Count);
        foreach (var child in children)
        {
            switch (child)
            {
                case AlwaysTrueExpression:
                    break;
                case AndExpression and:
                    flat.AddRange(and.Children);
                    break;
                default:
                    flat.Add(child);
                    break;
            }
        }

        return flat.Count switch
        {
            0 => AlwaysTrueExpression.Instance,
            1 => flat[0],
            _ => new AndExpression([.. flat]),
        };
    }

    // Returns null for $comment.
    private static MatchExpression? ParseTopLevel(string name, BsonValue value, MatchContext context, bool topLevel)
    {
        switch (name)
        {
            case "$and":
                return AllOf(ParseClauses(name, value, context, topLevel));
            case "$or":
                var alternatives = ParseClauses(name, value, context, topLevel);
                return alternatives.Count == 1 ? alternatives[0] : new OrExpression([.. alternatives]);
            case "$nor":
                return new NorExpression([.. ParseClauses(name, value, context, topLevel)]);
            case var _ when DbRef.IsField(name):
                return new ComparisonExpression(new BsonPath(name), ComparisonOperator.Eq, value, context.Collation);
            case "$comment":
                return null;
            case "$alwaysTrue":
                RequireOne(name, value);
                return AlwaysTrueExpression.Instance;
            case "$alwaysFalse":
                RequireOne(name, value);
                return AlwaysFalseExpression.Instance;
            case "$expr":
                return topLevel
                    ? new ExprExpression(ExpressionParser.Parse(value, context.Variables), context.Variables.Context)
                    : throw MongoErrorException.BadValue("$expr can only be applied to the top-level document");
            case "$where":
                throw MongoErrorException.BadValue("$where is not supported by this server: it runs no JavaScript");
            case "$text":
                throw new MongoErrorException(
                    MongoErrorCodes.IndexNotFound,
                    "text index required for $text query: text indexes are not supported by this server"
                );
            case "$jsonSchema" or "$sampleRate":
                throw MongoErrorException.BadValue($"{name} is not supported by this server");
            default:
                throw MongoErrorException.BadValue(
                    $"unknown top level operator: {name}. If you have a field name that starts with a '$' symbol, consider using $getField or $setField."
                );
        }
    }

    private static List<MatchExpression> ParseClauses(string name, BsonValue value, MatchContext context, bool topLevel)
    {
        if (value is not BsonArray array)
            throw MongoErrorException.BadValue($"{name} argument must be an array");

        if (array.Count == 0)
            throw MongoErrorException.BadValue("$and/$or/$nor must be a nonempty array");

        var clauses = new List<MatchExpression>(array.Count);
        foreach (var item in array)
        {
            if (item is not BsonDocument clause)
                throw MongoErrorException.BadValue("$or/$and/$nor entries need to be full objects");

            clauses.Add(ParseFilter(clause, context, topLevel));
        }

        return clauses;
    }

    private static void RequireOne(string name, BsonValue value)
    {
        if (!BsonNumbers.TryToInt64(value, out var number) || number != 1)
            throw MongoErrorException.FailedToParse($"{name} must be an integer value of 1");
    }
}
