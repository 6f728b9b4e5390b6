using EmbeddedMongo.Indexes;
using MongoDB.Bson;

namespace EmbeddedMongo.Planning;

/// <summary>
/// A place between encoded values of one field: before all keys that begin with <see cref="Key"/>, or after them.
/// </summary>
internal readonly record struct Boundary(byte[] Key, bool After)
{
    /// <summary>No encoded value begins with this byte, so it stands after everything that has the key as a prefix.</summary>
    private const byte Beyond = 0xFF;

    /// <summary>The place as bytes of an ascending field.</summary>
    public byte[] Ascending => After ? [.. Key, Beyond] : Key;

    /// <summary>The place as bytes of a descending field, whose values are stored inverted.</summary>
    public byte[] Descending
    {
        get
        {
            var inverted = Array.ConvertAll(Key, static b => (byte)~b);
            return After ? inverted : [.. inverted, Beyond];
        }
    }

    /// <summary>The order of <see cref="Ascending"/>, without building it: no key is the beginning of another value's.</summary>
    public int CompareTo(Boundary other)
    {
        var common = Math.Min(Key.Length, other.Key.Length);
        var order = Key.AsSpan(0, common).SequenceCompareTo(other.Key.AsSpan(0, common));
        if (order != 0 || Key.Length == other.Key.Length)
            return order != 0 ? order : After.CompareTo(other.After);

        return Key.Length < other.Key.Length ? (After ? 1 : -1) : (other.After ? -1 : 1);
    }
}

/// <summary>Consecutive values of one field, with the text that explain shows for it.</summary>
internal sealed record Interval(Boundary Low, Boundary High, string? RangeText, BsonValue? PointValue = null)
{
    /// <summary>Every value.</summary>
    public static Interval All { get; } =
        new(new Boundary([KeyTags.MinKey - 1], After: true), new Boundary([KeyTags.MaxKey + 1], After: false), "[MinKey, MaxKey]");

    public static Interval Point(BsonValue value)
    {
        var key = KeyEncoder.Encode(value);
        return new Interval(new Boundary(key, After: false), new Boundary(key, After: true), null, value);
    }

    /// <summary>Values of one type: between <paramref name="low"/> and <paramref name="high"/>, each open-ended when null.</summary>
    public static Interval OfType(BsonType type, (BsonValue Value, bool Inclusive)? low, (BsonValue Value, bool Inclusive)? high)
    {
        var from = low is { } l
            ? new Boundary(KeyEncoder.Encode(l.Value), After: !l.Inclusive)
            : new Boundary([(byte)(LeastTag(type) - 1)], After: true);
        var to = high is { } h
            ? new Boundary(KeyEncoder.Encode(h.Value), After: h.Inclusive)
            : new Boundary([(byte)(KeyTags.LastOfClass(type) + 1)], After: false);
        var text =
            $"{(low is { Inclusive: false } ? '(' : '[')}{(low is { } lv ? Show(lv.Value) : LeastText(type))}, "
            + $"{(high is { } hv ? Show(hv.Value) : GreatestText(type))}{(high is { Inclusive: false } ? ')' : ']')}";
        return new Interval(from, to, text);
    }

    /// <summary>One value only.</summary>
    public bool IsPoint => PointValue is not null;

    /// <summary>What explain shows; made when it is asked for, since a <c>$in</c> may have a hundred thousand points.</summary>
    public string Text => RangeText ?? $"[{Show(PointValue)}, {Show(PointValue)}]";

    public bool IsEmpty => Low.CompareTo(High) >= 0;

    public static string Show(BsonValue? value) =>
        value switch
        {
            null => "null",
            BsonUndefined => "undefined",
            BsonMinKey => "MinKey",
            BsonMaxKey => "MaxKey",
            _ => MongoDB.Bson.BsonExtensionMethods.ToJson(
                value,
                value.GetType(),
                new MongoDB.Bson.IO.JsonWriterSettings { OutputMode = MongoDB.Bson.IO.JsonOutputMode.RelaxedExtendedJson }
            ),
        };

    // An open range of numbers starts at minus infinity: NaN is below it, and no comparison but equality matches NaN.
    private static byte LeastTag(BsonType type) => KeyTags.Class(type) == KeyTags.NaN ? (byte)(KeyTags.NaN + 1) : KeyTags.Class(type);

    private static string LeastText(BsonType type) =>
        KeyTags.Class(type) == KeyTags.NaN
            ? "-inf"
            : type switch
            {
                BsonType.String => "\"\"",
                BsonType.Document => "{}",
                _ => "MinKey",
            };

    private static string GreatestText(BsonType type) =>
        KeyTags.Class(type) == KeyTags.NaN
            ? "inf"
            : type switch
            {
                BsonType.String => "{}",
                BsonType.Document => "[]",
                _ => "MaxKey",
            };
}
