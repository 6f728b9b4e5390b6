using System.Globalization;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions.Dates;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>Values as text, for the string operators that take more than strings and for $toString.</summary>
internal static class StringCoercion
{
    /// <summary>Empty for null; numbers and dates in their usual spelling (error 16007 for types without one).</summary>
    public static string Text(BsonValue? value) =>
        value switch
        {
            BsonString text => text.Value,
            BsonSymbol symbol => symbol.Name,
            BsonJavaScript code => code.Code,
            BsonInt32 or BsonInt64 or BsonDouble or BsonDecimal128 => Number(value),
            BsonDateTime date => DateFormatter.Format(date.MillisecondsSinceEpoch, DateFormatter.Iso + "Z", Zone.Utc),
            BsonTimestamp stamp => string.Create(CultureInfo.InvariantCulture, $"Timestamp({stamp.Timestamp}, {stamp.Increment})"),
            _ when value.IsNullish() => "",
            _ => throw MongoErrorException.Location(16007, $"can't convert from BSON type {TypeNames.Of(value)} to String"),
        };

    public static string Number(BsonValue value) =>
        value switch
        {
            BsonInt32 number => number.Value.ToString(CultureInfo.InvariantCulture),
            BsonInt64 number => number.Value.ToString(CultureInfo.InvariantCulture),
            BsonDecimal128 number => number.Value.ToString(),
            _ => Double(value.AsDouble),
        };

    /// <summary>16 significant digits, as C's %.16g prints them ("1e+20").</summary>
    private static string Double(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "NaN"
                : value > 0 ? "Infinity"
                : "-Infinity";
        }

        return value.ToString("G16", CultureInfo.InvariantCulture).Replace("E", "e", StringComparison.Ordinal);
    }
}
