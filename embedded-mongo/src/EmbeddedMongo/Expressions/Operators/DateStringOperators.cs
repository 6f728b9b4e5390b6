using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions.Dates;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>$dateToString and $dateFromString.</summary>
internal static class DateStringOperators
{
    private static readonly NamedArguments ToArguments = new(
        "$dateToString",
        ["date", "format", "timezone", "onNull"],
        1,
        18629,
        18534,
        18628
    );
    private static readonly NamedArguments FromArguments = new(
        "$dateFromString",
        ["dateString", "format", "timezone", "onNull", "onError"],
        1,
        40540,
        40541,
        40542
    );

    public static void AddTo(OperatorTable table)
    {
        table.Custom("$dateToString", (_, argument, scope) => new DateToStringExpression(ToArguments.Parse(argument, scope)));
        table.Custom("$dateFromString", (_, argument, scope) => new DateFromStringExpression(FromArguments.Parse(argument, scope)));
    }
}

internal sealed class DateToStringExpression : ControlExpression
{
    public DateToStringExpression(Expression?[] operands)
        : base(operands)
    {
        if (operands[1] is ConstantExpression { Value: BsonString format })
            DateFormatter.Validate(format.Value);
    }

    public override bool FailsWhileParsing => true;

    public override BsonValue? Evaluate(EvaluationContext context)
    {
        var format = Parts[1]?.Evaluate(context);
        if (Parts[1] is not null && !format.IsNullish() && format is not BsonString)
        {
            throw MongoErrorException.Location(
                18533,
                $"$dateToString requires that 'format' be a string, found: {TypeNames.Of(format)} with value {format}"
            );
        }

        var zone = Parts[2] is null ? Zone.Utc : Zone.Of(Parts[2]!.Evaluate(context));
        var date = Parts[0]!.Evaluate(context);
        if (date.IsNullish())
            return Parts[3] is null ? BsonNull.Value : Parts[3]!.Evaluate(context);
        if (zone is null || (Parts[1] is not null && format.IsNullish()))
            return BsonNull.Value;
        // MongoDB 7.0 adds the Z even in another time zone; 7.1 does not.
        var pattern = format is BsonString text ? text.Value : DateFormatter.Iso + "Z";
        DateFormatter.Validate(pattern);
        return DateFormatter.Format(DateOperand.Millis(date), pattern, zone);
    }
}

internal sealed class DateFromStringExpression(Expression?[] operands) : ControlExpression(operands)
{
    public override bool FailsWhileParsing => true;

    public override BsonValue? Evaluate(EvaluationContext context)
    {
        var format = Parts[1]?.Evaluate(context);
        if (Parts[1] is not null && !format.IsNullish() && format is not BsonString)
        {
            throw MongoErrorException.Location(
                40684,
                $"$dateFromString requires that 'format' be a string, found: {TypeNames.Of(format)} with value {format}"
            );
        }

        var zone = Parts[2] is null ? null : Zone.Of(Parts[2]!.Evaluate(context));
        var text = Parts[0]!.Evaluate(context);
        if (text.IsNullish())
            return Parts[3] is null ? BsonNull.Value : Parts[3]!.Evaluate(context);
        if ((Parts[2] is not null && zone is null) || (Parts[1] is not null && format.IsNullish()))
            return BsonNull.Value;
        var problem = "";
        if (text is not BsonString dateString)
            problem = $"$dateFromString requires that 'dateString' be a string, found: {TypeNames.Of(text)} with value {text}";
        else if (TryParse(dateString.Value, (format as BsonString)?.Value, zone, out var millis, out problem))
            return new BsonDateTime(millis);
        return Parts[4] is not null
            ? Parts[4]!.Evaluate(context)
            : throw new MongoErrorException(MongoErrorCodes.ConversionFailure, problem);
    }

    private static bool TryParse(string text, string? format, Zone? zone, out long millis, out string problem)
    {
        bool parsed;
        if (format is null)
        {
            parsed = FreeDateParser.TryParse(text, zone, out millis, out problem);
        }
        else
        {
            DateFormatter.Validate(format);
            var parser = new DateParser(text, format);
            parsed = parser.TryParse(zone, out millis);
            problem = parser.Problem;
        }
        if (!parsed)
            problem = $"Error parsing date string '{text}'; {problem}";
        return parsed;
    }
}
