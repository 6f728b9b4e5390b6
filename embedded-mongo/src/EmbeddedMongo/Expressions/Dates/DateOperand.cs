using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Dates;

/// <summary>Values that are accepted as dates: dates, and the seconds of timestamps and ObjectIds.</summary>
internal static class DateOperand
{
    /// <summary>Returns the milliseconds since 1970 (error 16006 for other types).</summary>
    public static long Millis(BsonValue value) =>
        TryMillis(value, out var millis)
            ? millis
            : throw MongoErrorException.Location(16006, $"can't convert from BSON type {TypeNames.Of(value)} to Date");

    public static bool TryMillis(BsonValue? value, out long millis)
    {
        switch (value)
        {
            case BsonDateTime date:
                millis = date.MillisecondsSinceEpoch;
                return true;
            case BsonTimestamp stamp:
                millis = (long)(uint)stamp.Timestamp * 1000;
                return true;
            case BsonObjectId id:
                millis = (long)(uint)id.Value.Timestamp * 1000;
                return true;
            default:
                millis = 0;
                return false;
        }
    }
}
