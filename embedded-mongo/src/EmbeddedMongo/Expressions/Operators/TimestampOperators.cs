using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>$tsSecond and $tsIncrement: the two parts of a timestamp as a long.</summary>
internal static class TimestampOperators
{
    public static void AddTo(OperatorTable table)
    {
        table.Unary("$tsSecond", v => Part("$tsSecond", v, static t => (uint)t.Timestamp, 5687301));
        table.Unary("$tsIncrement", v => Part("$tsIncrement", v, static t => (uint)t.Increment, 5687302));
    }

    private static BsonValue Part(string name, BsonValue? value, Func<BsonTimestamp, uint> read, int code) =>
        value switch
        {
            _ when value.IsNullish() => BsonNull.Value,
            BsonTimestamp timestamp => new BsonInt64(read(timestamp)),
            _ => throw MongoErrorException.Location(code, $"Argument to {name} must be a timestamp, but is {TypeNames.Of(value)}"),
        };
}
