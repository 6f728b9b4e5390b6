using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;
using EmbeddedMongo.Expressions.Operators;
using EmbeddedMongo.Query;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Accumulators;

/// <summary>Parses accumulators such as {$sum: expression} for $group, $bucketAuto and $setWindowFields.</summary>
internal static class AccumulatorParser
{
    /// <summary>Validates the name of an output field (errors 40235, 40236).</summary>
    public static string RequireFieldName(string name)
    {
        if (name.Contains('.', StringComparison.Ordinal))
            throw MongoErrorException.Location(40235, $"The field name '{name}' cannot contain '.'");
        return name.StartsWith('$')
            ? throw MongoErrorException.Location(40236, $"The field name '{name}' cannot be an operator name")
            : name;
    }

    /// <summary>Parses the accumulator of one output field (errors 40234, 40238, 15952).</summary>
    public static Accumulator Parse(string field, BsonValue spec, VariableScope scope)
    {
        if (spec is not BsonDocument { ElementCount: > 0 } document || !document.GetElement(0).Name.StartsWith('$'))
            throw MongoErrorException.Location(40234, $"The field '{field}' must be an accumulator object");
        return document.ElementCount == 1
            ? ParseOperator(document.GetElement(0).Name, document.GetElement(0).Value, scope)
            : throw MongoErrorException.Location(40238, $"The field '{field}' must specify one accumulator");
    }

    public static Accumulator ParseOperator(string name, BsonValue argument, VariableScope scope)
    {
        var collation = scope.Context.Collation;
        switch (name)
        {
            case "$sum":
                return ParseUnary(name, argument, scope, () => new SumState());
            case "$avg":
                return ParseUnary(name, argument, scope, () => new AverageState());
            case "$min":
                return ParseUnary(name, argument, scope, () => new ExtremeState(1, collation));
            case "$max":
                return ParseUnary(name, argument, scope, () => new ExtremeState(-1, collation));
            case "$first":
                return ParseUnary(name, argument, scope, () => new EndState(last: false));
            case "$last":
                return ParseUnary(name, argument, scope, () => new EndState(last: true));
            case "$push":
                return ParseUnary(name, argument, scope, () => new PushState());
            case "$addToSet":
                return ParseUnary(name, argument, scope, () => new AddToSetState(collation));
            case "$stdDevPop":
                return ParseUnary(name, argument, scope, () => new DeviationState(sample: false));
            case "$stdDevSamp":
                return ParseUnary(name, argument, scope, () => new DeviationState(sample: true));
            case "$mergeObjects":
                return ParseUnary(name, argument, scope, () => new MergeObjectsState());
            case "$count":
                return argument is BsonDocument { ElementCount: 0 }
                    ? new Accumulator(new ConstantExpression(1), () => new SumState())
                    : throw MongoErrorException.TypeMismatch("$count takes no arguments, i.e. $count:{}");
            case "$firstN" or "$lastN" or "$minN" or "$maxN":
                return ParseN(name, argument, scope);
            case "$top" or "$bottom" or "$topN" or "$bottomN":
                return ParseRanked(name, argument, scope);
            case "$accumulator" or "$median" or "$percentile":
                throw MongoErrorException.CommandNotSupported($"the accumulator {name} is not supported by the embedded server");
            default:
                throw MongoErrorException.Location(15952, $"unknown group operator '{name}'");
        }
    }

    private static Accumulator ParseUnary(string name, BsonValue argument, VariableScope scope, Func<AccumulatorState> create) =>
        argument is BsonArray
            ? throw MongoErrorException.Location(40237, $"The {name} accumulator is a unary operator")
            : new Accumulator(ExpressionParser.Parse(argument, scope), create);

    private static Accumulator ParseN(string name, BsonValue argument, VariableScope scope)
    {
        var operands = RankingOperators.ArgumentsOf(name).Parse(argument, scope);
        var n = EvaluateCount(operands[0]!, scope);
        var collation = scope.Context.Collation;
        return new Accumulator(
            operands[1]!,
            name switch
            {
                "$firstN" => () => new FirstNState(n),
                "$lastN" => () => new LastNState(n),
                "$minN" => () => new ExtremeNState(n, 1, collation),
                _ => () => new ExtremeNState(n, -1, collation),
            }
        );
    }

    private static Accumulator ParseRanked(string name, BsonValue argument, VariableScope scope)
    {
        var many = name.EndsWith('N');
        var raw = new NamedArguments(
            name,
            many ? ["sortBy", "output", "n"] : ["sortBy", "output"],
            many ? 3 : 2,
            5788001,
            5788002,
            5788005,
            5788004,
            5788003
        ).ReadUnparsed(argument);
        if (raw[0] is not BsonDocument sortBy)
            throw MongoErrorException.Location(5788604, $"expected 'sortBy' to already be an object in the arguments to {name}");
        var sort = SortSpec.Parse(sortBy, scope.Context.Collation);
        var n = many ? EvaluateCount(ExpressionParser.Parse(raw[2]!, scope), scope) : 1;
        var direction = name.StartsWith("$top", StringComparison.Ordinal) ? 1 : -1;
        return new Accumulator(ExpressionParser.Parse(raw[1]!, scope), () => new RankedState(sort, direction, n, single: !many), sort);
    }

    /// <summary>Evaluates n, which must be constant. MongoDB also allows n to depend on the group's _id.</summary>
    private static long EvaluateCount(Expression n, VariableScope scope) =>
        n.IsConstant
            ? RankingOperators.Count(n.Evaluate(scope.Context))
            : throw MongoErrorException.CommandNotSupported("a value of 'n' that is not constant is not supported by the embedded server");
}
