using System.Runtime.CompilerServices;
using MongoDB.Bson;

namespace EmbeddedMongo.Values;

/// <summary>
/// MongoDB's total order of BSON values (manual: "BSON Comparison/Sort Order"): by type rank, then by value. All numeric types have the
/// same rank. C# <c>null</c> is a missing field and comes before BSON null, as in aggregation. Sort and index keys use BSON null instead.
/// </summary>
internal static class BsonOrder
{
    /// <summary>Ranks that <see cref="Rank(BsonValue?)"/> returns for types with their own comparison.</summary>
    public const int NumberRank = 10,
        StringRank = 15,
        DocumentRank = 20,
        ArrayRank = 25;

    /// <summary>Equality and hashing by this order: <c>1</c>, <c>1L</c>, <c>1.0</c> and <c>Decimal128("1.0")</c> are equal.</summary>
    public static IEqualityComparer<BsonValue?> EqualityComparer { get; } = new OrderEquality();

    public static IComparer<BsonValue?> Comparer { get; } = Comparer<BsonValue?>.Create(Compare);

    public static int Compare(BsonValue? a, BsonValue? b)
    {
        if (ReferenceEquals(a, b))
            return 0;

        var rank = Rank(a);
        var other = Rank(b);
        return rank != other ? rank.CompareTo(other) : CompareSameRank(a, b, rank);
    }

    public static bool Equals(BsonValue? a, BsonValue? b) => Compare(a, b) == 0;

    public static int GetHashCode(BsonValue? value) => BsonHash.Of(value);

    /// <summary>Returns the position of a value's type in the order. Values of different ranks are never compared by content.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Rank(BsonValue? value) => value is null ? 0 : Rank(value.BsonType);

    public static int Rank(BsonType type) =>
        type switch
        {
            BsonType.MinKey => -1,
            BsonType.EndOfDocument or BsonType.Undefined => 0,
            BsonType.Null => 5,
            BsonType.Double or BsonType.Int32 or BsonType.Int64 or BsonType.Decimal128 => NumberRank,
            BsonType.String or BsonType.Symbol => StringRank,
            BsonType.Document => DocumentRank,
            BsonType.Array => ArrayRank,
            BsonType.Binary => 30,
            BsonType.ObjectId => 35,
            BsonType.Boolean => 40,
            BsonType.DateTime => 45,
            BsonType.Timestamp => 47,
            BsonType.RegularExpression => 50,
            BsonDbPointer.Type => 55,
            BsonType.JavaScript => 60,
            BsonType.JavaScriptWithScope => 65,
            BsonType.MaxKey => 127,
            _ => 126,
        };

    /// <summary>Compares by code point, like UTF-8 bytes. UTF-16 order differs between surrogates and U+E000 and above.</summary>
    public static int CompareStrings(string a, string b)
    {
        var left = a.AsSpan();
        var right = b.AsSpan();
        var common = left.CommonPrefixLength(right);
        if (common == left.Length || common == right.Length)
            return left.Length.CompareTo(right.Length);

        int x = left[common],
            y = right[common];
        if (x >= 0xD800 && y >= 0xD800)
        {
            var xSurrogate = x <= 0xDFFF;
            var ySurrogate = y <= 0xDFFF;
            if (xSurrogate != ySurrogate)
                return xSurrogate ? 1 : -1;
        }

        return x.CompareTo(y);
    }

    private static int CompareSameRank(BsonValue? a, BsonValue? b, int rank)
    {
        switch (rank)
        {
            case NumberRank:
                return BsonNumbers.Compare(a!, b!);
            case StringRank:
                return CompareStrings(TextOf(a!), TextOf(b!));
            case DocumentRank:
                return CompareDocuments((BsonDocument)a!, (BsonDocument)b!);
            case ArrayRank:
                return CompareArrays((BsonArray)a!, (BsonArray)b!);
            case 30:
                return CompareBinary((BsonBinaryData)a!, (BsonBinaryData)b!);
            case 35:
                return ((BsonObjectId)a!).Value.CompareTo(((BsonObjectId)b!).Value);
            case 40:
                return ((BsonBoolean)a!).Value.CompareTo(((BsonBoolean)b!).Value);
            case 45:
                return ((BsonDateTime)a!).MillisecondsSinceEpoch.CompareTo(((BsonDateTime)b!).MillisecondsSinceEpoch);
            case 47:
                return ((ulong)((BsonTimestamp)a!).Value).CompareTo((ulong)((BsonTimestamp)b!).Value);
            case 50:
                var left = (BsonRegularExpression)a!;
                var right = (BsonRegularExpression)b!;
                var byPattern = CompareStrings(left.Pattern, right.Pattern);
                return byPattern != 0 ? byPattern : CompareStrings(left.Options, right.Options);
            case 55:
                return ((BsonDbPointer)a!).CompareTo((BsonDbPointer)b!);
            case 60:
                return CompareStrings(((BsonJavaScript)a!).Code, ((BsonJavaScript)b!).Code);
            case 65:
                var code = (BsonJavaScriptWithScope)a!;
                var otherCode = (BsonJavaScriptWithScope)b!;
                var byCode = CompareStrings(code.Code, otherCode.Code);
                return byCode != 0 ? byCode : CompareDocuments(code.Scope, otherCode.Scope);
            default:
                return 0;
        }
    }

    private static string TextOf(BsonValue value) => value is BsonString text ? text.Value : ((BsonSymbol)value).Name;

    private static int CompareDocuments(BsonDocument a, BsonDocument b)
    {
        var count = Math.Min(a.ElementCount, b.ElementCount);
        for (var i = 0; i < count; i++)
        {
            var left = a.GetElement(i);
            var right = b.GetElement(i);
            var leftRank = Rank(left.Value);
            var rightRank = Rank(right.Value);
            if (leftRank != rightRank)
                return leftRank.CompareTo(rightRank);

            var byName = CompareStrings(left.Name, right.Name);
            if (byName != 0)
                return byName;

            var byValue = CompareSameRank(left.Value, right.Value, leftRank);
            if (byValue != 0)
                return byValue;
        }

        return a.ElementCount.CompareTo(b.ElementCount);
    }

    private static int CompareArrays(BsonArray a, BsonArray b)
    {
        var count = Math.Min(a.Count, b.Count);
        for (var i = 0; i < count; i++)
        {
            var byItem = Compare(a[i], b[i]);
            if (byItem != 0)
                return byItem;
        }

        return a.Count.CompareTo(b.Count);
    }

    private static int CompareBinary(BsonBinaryData a, BsonBinaryData b)
    {
        var byLength = a.Bytes.Length.CompareTo(b.Bytes.Length);
        if (byLength != 0)
            return byLength;

        var bySubType = ((byte)a.SubType).CompareTo((byte)b.SubType);
        return bySubType != 0 ? bySubType : a.Bytes.AsSpan().SequenceCompareTo(b.Bytes);
    }

    private sealed class OrderEquality : IEqualityComparer<BsonValue?>
    {
        public bool Equals(BsonValue? x, BsonValue? y) =>
            x is BsonString left && y is BsonString right ? left.Value == right.Value : Compare(x, y) == 0;

        public int GetHashCode(BsonValue? value) => BsonHash.Of(value);
    }
}
