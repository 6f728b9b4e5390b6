using System.Globalization;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions.Dates;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>Conversion of values to text, for $toString and for string operators that accept more than strings.</summary>
internal static class StringCoercion
{
    /// <summary>Returns the usual notation of numbers and dates, and an empty string for null (error 16007 for other types).</summary>
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

    /// <summary>Formats 16 significant digits, like C's %.16g ("1e+20").</summary>
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
