using MongoDB.Bson;

namespace EmbeddedMongo.Values;

/// <summary>
/// Compares two values by their bytes, to detect updates that change nothing. Stricter than <see cref="BsonOrder"/>, where 1 equals 1.0.
/// </summary>
internal static class BsonIdentity
{
    public static bool AreIdentical(BsonValue? a, BsonValue? b)
    {
        if (ReferenceEquals(a, b))
            return true;

        if (a is null || b is null || a.BsonType != b.BsonType)
            return false;

        switch (a)
        {
            case BsonDouble number:
                return BitConverter.DoubleToInt64Bits(number.Value) == BitConverter.DoubleToInt64Bits(((BsonDouble)b).Value);
            case BsonDecimal128 number:
                var other = ((BsonDecimal128)b).Value;
                return number.Value.GetIEEEHighBits() == other.GetIEEEHighBits() && number.Value.GetIEEELowBits() == other.GetIEEELowBits();
            case BsonDocument document:
                return SameDocuments(document, (BsonDocument)b);
            case BsonArray array:
                return SameArrays(array, (BsonArray)b);
            default:
                return BsonOrder.Compare(a, b) == 0;
        }
    }

    private static bool SameDocuments(BsonDocument a, BsonDocument b)
    {
        if (a.ElementCount != b.ElementCount)
            return false;

        for (var i = 0; i < a.ElementCount; i++)
        {
            var left = a.GetElement(i);
            var right = b.GetElement(i);
            if (left.Name != right.Name || !AreIdentical(left.Value, right.Value))
                return false;
        }

        return true;
    }

    private static bool SameArrays(BsonArray a, BsonArray b)
    {
        if (a.Count != b.Count)
            return false;

        for (var i = 0; i < a.Count; i++)
        {
            if (!AreIdentical(a[i], b[i]))
                return false;
        }

        return true;
    }
}
