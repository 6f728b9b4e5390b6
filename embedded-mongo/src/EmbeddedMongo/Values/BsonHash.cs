using MongoDB.Bson;

namespace EmbeddedMongo.Values;

/// <summary>Hash codes consistent with <see cref="BsonOrder"/>: equal values have equal hash codes, even across numeric types.</summary>
internal static class BsonHash
{
    public static int Of(BsonValue? value)
    {
        // Most keys are strings and doubles.
        switch (value)
        {
            case null:
                return 0;
            case BsonString text:
                return text.Value.GetHashCode(StringComparison.Ordinal);
            case BsonDouble number:
                return OfDouble(number.Value);
            case BsonInt32 number:
                return ((double)number.Value).GetHashCode();
            case BsonInt64 number:
                return ((double)number.Value).GetHashCode();
            case BsonDecimal128 number:
                return OfDouble(DecimalParts.Of(number.Value).ToDouble());
            case BsonUndefined:
                return 0;
            case BsonSymbol symbol:
                return symbol.Name.GetHashCode(StringComparison.Ordinal);
            case BsonObjectId id:
                return id.Value.GetHashCode();
            case BsonBoolean flag:
                return flag.Value ? 40_001 : 40_002;
            case BsonDateTime date:
                return HashCode.Combine(45, date.MillisecondsSinceEpoch);
            case BsonTimestamp stamp:
                return HashCode.Combine(47, stamp.Value);
            case BsonBinaryData binary:
                var bytes = new HashCode();
                bytes.AddBytes(binary.Bytes);
                return bytes.ToHashCode();
            case BsonDocument document:
                var fields = new HashCode();
                for (var i = 0; i < document.ElementCount; i++)
                {
                    var element = document.GetElement(i);
                    fields.Add(element.Name, StringComparer.Ordinal);
                    fields.Add(Of(element.Value));
                }

                return fields.ToHashCode();
            case BsonArray array:
                var items = new HashCode();
                for (var i = 0; i < array.Count; i++)
                    items.Add(Of(array[i]));

                return items.ToHashCode();
            case BsonRegularExpression regex:
                return HashCode.Combine(50, regex.Pattern, regex.Options);
            case BsonJavaScript code:
                return HashCode.Combine(60, code.Code);
            case BsonDbPointer pointer:
                return pointer.GetHashCode();
            default:
                return (int)value.BsonType;
        }
    }

    private static int OfDouble(double value) =>
        double.IsNaN(value) ? double.NaN.GetHashCode()
        : value == 0 ? 0d.GetHashCode()
        : value.GetHashCode();
}
