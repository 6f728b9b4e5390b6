using EmbeddedMongo.Aggregation.Accumulators;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;
using EmbeddedMongo.Expressions.Numerics;
using EmbeddedMongo.Query;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Windows;

/// <summary>Parses $setWindowFields: {partitionBy, sortBy, output: {field: {$function: …, window}}}.</summary>
internal static class WindowParser
{
    public static IEnumerable<Stage> Parse(BsonValue spec, PipelineContext context)
    {
        if (spec is not BsonDocument document)
        {
            throw MongoErrorException.FailedToParse(
                $"the $setWindowFields stage specification must be an object, found {TypeNames.Of(spec)}"
            );
        }

        Expression? partitionBy = null;
        SortSpec? sortBy = null;
        BsonDocument? output = null;
        foreach (var option in document)
        {
            switch (option.Name)
            {
                case "partitionBy":
                    partitionBy = ExpressionParser.Parse(option.Value, context.Scope);
                    break;
                case "sortBy":
                    sortBy = SortSpec.Parse(RequireDocument(option), context.Scope.Context.Collation);
                    break;
                case "output":
                    output = RequireDocument(option);
                    break;
                default:
                    throw MongoErrorException.Location(40415, $"BSON field '$setWindowFields.{option.Name}' is an unknown field.");
            }
        }
        if (output is null)
            throw MongoErrorException.Location(40414, "BSON field '$setWindowFields.output' is missing but a required field");
        var fields = output.Select(o => (FieldPath.Parse(o.Name), ParseField(o, sortBy, context.Scope))).ToArray();
        return [new SetWindowFieldsStage(partitionBy, sortBy, fields)];
    }

    private static WindowFunction ParseField(BsonElement field, SortSpec? sortBy, VariableScope scope)
    {
        if (field.Value is not BsonDocument document)
            throw MongoErrorException.FailedToParse($"The field '{field.Name}' must be an object");
        string? name = null;
        BsonValue argument = BsonNull.Value;
        Window? window = null;
        foreach (var option in document)
        {
            if (option.Name == "window")
                window = Window.Parse(option.Value);
            else if (name is null && option.Name.StartsWith('$'))
                (name, argument) = (option.Name, option.Value);
            else
                throw MongoErrorException.FailedToParse($"Window function found an unknown argument: {option.Name}");
        }
        if (name is null)
            throw MongoErrorException.FailedToParse("Expected a $-prefixed window function, none was found");
        return ParseFunction(name, argument, window, sortBy, scope);
    }

    private static WindowFunction ParseFunction(string name, BsonValue argument, Window? window, SortSpec? sortBy, VariableScope scope)
    {
        switch (name)
        {
            case "$rank" or "$denseRank" or "$documentNumber":
                RequireSort(name, sortBy, window, 5371602, single: name != "$documentNumber");
                if (argument is not BsonDocument { ElementCount: 0 })
                    throw MongoErrorException.Location(5371603, $"{name} must be specified with '{{}}' as the value");
                return new RankFunction(sortBy!, name == "$documentNumber", name == "$denseRank");
            case "$shift":
                RequireSort(name, sortBy, window, MongoErrorCodes.FailedToParse, single: false);
                return ParseShift(argument, scope);
            case "$locf":
                return window is null
                    ? new CarryForwardFunction(ExpressionParser.Parse(argument, scope))
                    : throw MongoErrorException.FailedToParse("'window' field is not allowed in $locf");
            case "$linearFill":
                RequireSort(name, sortBy, window, 605001, single: true);
                return new LinearFillFunction(ExpressionParser.Parse(argument, scope));
            case "$expMovingAvg":
                RequireSort(name, sortBy, window, MongoErrorCodes.FailedToParse, single: false);
                return ParseMovingAverage(argument, scope);
            case "$derivative" or "$integral" or "$covariancePop" or "$covarianceSamp" or "$minMaxScaler":
                throw MongoErrorException.CommandNotSupported($"the window function {name} is not supported by the embedded server");
        }
        if (window is { IsRange: true } && (sortBy is null || sortBy.Fields.Count != 1 || sortBy.Fields[0].Descending))
            throw MongoErrorException.Location(5339902, "Range-based bounds require sortBy a single field, ascending");
        if (window is { IsRange: false } && sortBy is null && (window.Lower ?? window.Upper) is not null)
            throw MongoErrorException.Location(5339901, "Document-based bounds require a sortBy");
        return new WindowAccumulator(ParseAccumulator(name, argument, scope), window ?? Window.All);
    }

    private static Accumulator ParseAccumulator(string name, BsonValue argument, VariableScope scope)
    {
        try
        {
            return AccumulatorParser.ParseOperator(name, argument, scope);
        }
        catch (MongoErrorException error) when (error.Code == 15952)
        {
            throw MongoErrorException.FailedToParse($"Unrecognized window function, {name}");
        }
    }

    private static ShiftFunction ParseShift(BsonValue argument, VariableScope scope)
    {
        var raw = new NamedArguments(
            "$shift",
            ["output", "by", "default"],
            2,
            MongoErrorCodes.FailedToParse,
            MongoErrorCodes.FailedToParse,
            MongoErrorCodes.FailedToParse
        ).ReadUnparsed(argument);
        if (!BsonNumbers.TryToInt64(raw[1], out var by) || Math.Abs(by) > int.MaxValue)
            throw MongoErrorException.FailedToParse($"'$shift:by' field must be an integer, but found {raw[1]}");
        BsonValue? fallback = null;
        if (raw[2] is not null)
        {
            fallback = ExpressionParser.Parse(raw[2]!, scope) is ConstantExpression constant
                ? constant.Value
                : throw MongoErrorException.FailedToParse($"'$shift:default' expression must yield a constant value.");
        }
        return new ShiftFunction(ExpressionParser.Parse(raw[0]!, scope), by, fallback);
    }

    private static MovingAverageFunction ParseMovingAverage(BsonValue argument, VariableScope scope)
    {
        var raw = new NamedArguments(
            "$expMovingAvg",
            ["input", "N", "alpha"],
            1,
            MongoErrorCodes.FailedToParse,
            MongoErrorCodes.FailedToParse,
            MongoErrorCodes.FailedToParse
        ).ReadUnparsed(argument);
        if ((raw[1] is null) == (raw[2] is null))
            throw MongoErrorException.FailedToParse("$expMovingAvg sub object must have exactly one of the fields 'N' and 'alpha'");
        var input = ExpressionParser.Parse(raw[0]!, scope);
        if (raw[1] is { } n)
        {
            return BsonNumbers.TryToInt64(n, out var count) && count > 0
                ? new MovingAverageFunction(input, new BsonDouble(2.0 / (count + 1)))
                : throw MongoErrorException.FailedToParse($"'N' field must be an integer greater than 0, but found {n}");
        }
        return Numbers.IsNumeric(raw[2]) && BsonNumbers.ToDouble(raw[2]!) is > 0 and < 1
            ? new MovingAverageFunction(input, raw[2]!)
            : throw MongoErrorException.FailedToParse($"'alpha' must be between 0 and 1 (exclusive), found {raw[2]}");
    }

    private static void RequireSort(string name, SortSpec? sortBy, Window? window, int code, bool single)
    {
        if (window is not null)
        {
            throw MongoErrorException.Location(
                single ? 5371601 : MongoErrorCodes.FailedToParse,
                $"Rank style window functions take no other arguments: {name}"
            );
        }

        if (sortBy is null || (single && sortBy.Fields.Count != 1))
        {
            throw MongoErrorException.Location(
                code,
                $"{name} must be specified with a top level sortBy expression{(single ? " with exactly one element" : "")}"
            );
        }
    }

    private static BsonDocument RequireDocument(BsonElement option) =>
        option.Value as BsonDocument
        ?? throw MongoErrorException.TypeMismatch(
            $"BSON field '$setWindowFields.{option.Name}' is the wrong type '{TypeNames.Of(option.Value)}', expected type 'object'"
        );
}
