using EmbeddedMongo.Errors;
using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Query;

/// <summary>Parses the operators of one field, such as <c>{$gt: 1, $lt: 5}</c>.</summary>
internal static class FieldOperatorParser
{
    public static MatchExpression ParseAll(BsonPath path, BsonDocument operators, MatchContext context)
    {
        var children = new List<MatchExpression>(operators.ElementCount);
        for (var i = 0; i < operators.ElementCount; i++)
        {
            var element = operators.GetElement(i);
            if (Parse(path, element.Name, element.Value, operators, context) is { } parsed)
                children.Add(parsed);
        }

        return MatchParser.AllOf(children);
    }

    // Returns null for $comment, and for $options, which is read with its $regex.
    private static MatchExpression? Parse(BsonPath path, string name, BsonValue value, BsonDocument all, MatchContext context)
    {
        switch (name)
        {
            case "$eq":
                return ParseEquality(path, value, context);
            case "$ne":
                return value is BsonRegularExpression
                    ? throw MongoErrorException.BadValue("Can't have regex as arg to $ne.")
                    : new NotExpression(ParseEquality(path, value, context));
            case "$gt":
                return ParseInequality(path, ComparisonOperator.Gt, value, context);
            case "$gte":
                return ParseInequality(path, ComparisonOperator.Gte, value, context);
            case "$lt":
                return ParseInequality(path, ComparisonOperator.Lt, value, context);
            case "$lte":
                return ParseInequality(path, ComparisonOperator.Lte, value, context);
            case "$in":
                return ParseIn(path, name, value, context);
            case "$nin":
                return new NotExpression(ParseIn(path, name, value, context));
            case "$not":
                return ParseNot(path, value, context);
            case "$exists":
                return Truthiness.IsTrue(value) ? new ExistsExpression(path) : new NotExpression(new ExistsExpression(path));
            case "$type":
                return TypeOperand.Parse(path, value);
            case "$mod":
                return NumericOperands.ParseMod(path, value);
            case "$bitsAllSet":
                return NumericOperands.ParseBits(path, name, BitsOperator.AllSet, value);
            case "$bitsAllClear":
                return NumericOperands.ParseBits(path, name, BitsOperator.AllClear, value);
            case "$bitsAnySet":
                return NumericOperands.ParseBits(path, name, BitsOperator.AnySet, value);
            case "$bitsAnyClear":
                return NumericOperands.ParseBits(path, name, BitsOperator.AnyClear, value);
            case "$regex":
                return ParseRegex(path, value, all);
            case "$options":
                return all.Contains("$regex") ? null : throw MongoErrorException.BadValue("$options needs a $regex");
            case "$size":
                return NumericOperands.ParseSize(path, value);
            case "$all":
                return ParseAllOperator(path, value, context);
            case "$elemMatch":
                return ParseElemMatch(path, value, context);
            case "$comment":
                return null;
            case "$geoWithin"
            or "$geoIntersects"
            or "$near"
            or "$nearSphere"
            or "$within"
            or "$geoNear"
            or "$maxDistance"
            or "$minDistance":
                throw MongoErrorException.BadValue($"{name} is not supported by this server: it has no geospatial queries");
            default:
                throw MongoErrorException.BadValue($"unknown operator: {name}");
        }
    }

    private static BsonValue RequireComparable(BsonValue value) =>
        value is BsonUndefined ? throw MongoErrorException.BadValue("cannot compare to undefined") : value;

    private static ComparisonExpression ParseEquality(BsonPath path, BsonValue value, MatchContext context) =>
        new(path, ComparisonOperator.Eq, RequireComparable(value), context.Collation);

    private static ComparisonExpression ParseInequality(
        BsonPath path,
        ComparisonOperator comparison,
        BsonValue value,
        MatchContext context
    ) =>
        value is BsonRegularExpression
            ? throw MongoErrorException.BadValue($"Can't have RegEx as arg to predicate over field '{path}'.")
            : new ComparisonExpression(path, comparison, RequireComparable(value), context.Collation);

    private static MatchExpression ParseIn(BsonPath path, string name, BsonValue value, MatchContext context)
    {
        if (value is not BsonArray array)
            throw MongoErrorException.BadValue($"{name} needs an array");

        var values = new List<BsonValue>(array.Count);
        var regexes = new List<RegexExpression>();
        for (var i = 0; i < array.Count; i++)
        {
            switch (array[i])
            {
                case BsonRegularExpression regex:
                    regexes.Add(new RegexExpression(path, regex.Pattern, regex.Options));
                    values.Add(regex);
                    break;
                case var item when MatchParser.IsOperatorDocument(item):
                    throw MongoErrorException.BadValue($"cannot nest $ under {name}");
                case var item:
                    values.Add(RequireComparable(item));
                    break;
            }
        }

        if (values.Count == 0)
            return AlwaysFalseExpression.Instance;

        values.RemoveAll(static item => item is BsonRegularExpression);
        return new InExpression(path, [.. values], [.. regexes], context.Collation);
    }

    private static NotExpression ParseNot(BsonPath path, BsonValue value, MatchContext context)
    {
        switch (value)
        {
            case BsonRegularExpression regex:
                return new NotExpression(new RegexExpression(path, regex.Pattern, regex.Options));
            case BsonDocument { ElementCount: 0 }:
                throw MongoErrorException.BadValue("$not cannot be empty");
            case BsonDocument operators:
                return new NotExpression(ParseAll(path, operators, context));
            default:
                throw MongoErrorException.BadValue("$not needs a regex or a document");
        }
    }

    private static RegexExpression ParseRegex(BsonPath path, BsonValue value, BsonDocument all)
    {
        var options = all.GetValue("$options", BsonNull.Value) switch
        {
            BsonNull => null,
            BsonString text => text.Value,
            _ => throw MongoErrorException.BadValue("$options has to be a string"),
        };
        switch (value)
        {
            case BsonString text:
                return new RegexExpression(path, text.Value, options ?? "");
            case BsonRegularExpression regex:
                return options is not null && regex.Options.Length > 0
                    ? throw MongoErrorException.Location(51075, "options set in both $regex and $options")
                    : new RegexExpression(path, regex.Pattern, options ?? regex.Options);
            default:
                throw MongoErrorException.BadValue("$regex has to be a string");
        }
    }

    private static MatchExpression ParseAllOperator(BsonPath path, BsonValue value, MatchContext context)
    {
        if (value is not BsonArray array)
            throw MongoErrorException.BadValue("$all needs an array");

        if (array.Count == 0)
            return AlwaysFalseExpression.Instance;

        var children = new List<MatchExpression>(array.Count);
        var elemMatches = IsElemMatch(array[0]);
        foreach (var item in array)
        {
            if (elemMatches)
            {
                children.Add(
                    IsElemMatch(item)
                        ? ParseElemMatch(path, ((BsonDocument)item).GetElement(0).Value, context)
                        : throw MongoErrorException.BadValue("$all/$elemMatch has to be consistent")
                );
            }
            else
            {
                children.Add(
                    MatchParser.IsOperatorDocument(item)
                        ? throw MongoErrorException.BadValue("no $ expressions in $all")
                        : MatchParser.ParseField(path, item, context)
                );
            }
        }

        return MatchParser.AllOf(children);

        static bool IsElemMatch(BsonValue item) =>
            item is BsonDocument { ElementCount: > 0 } document && document.GetElement(0).Name == "$elemMatch";
    }

    private static PathExpression ParseElemMatch(BsonPath path, BsonValue value, MatchContext context)
    {
        if (value is not BsonDocument condition)
            throw MongoErrorException.BadValue("$elemMatch needs an Object");

        // A first operator that is a connective or applies to documents makes this a filter; any other, a condition on the element.
        var isElementCondition = MatchParser.IsOperatorDocument(condition) && !MatchParser.IsFilterOperator(condition.GetElement(0).Name);
        return isElementCondition
            ? new ElemMatchValueExpression(path, ParseAll(new BsonPath(""), condition, context))
            : new ElemMatchExpression(path, MatchParser.ParseFilter(condition, context, topLevel: false));
    }
}
