using EmbeddedMongo.Indexes;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Planning;

/// <summary>
/// A position between encoded values of one field: before or after all keys that start with <see cref="Key"/>.
/// </summary>
internal readonly record struct Boundary(byte[] Key, bool After)
{
    /// <summary>No encoded value starts with this byte, so it sorts after all keys with the same prefix.</summary>
    private const byte Beyond = 0xFF;

    /// <summary>The position in an ascending field.</summary>
    public byte[] Ascending => After ? [.. Key, Beyond] : Key;

    /// <summary>The position in a descending field, whose bytes are stored inverted.</summary>
    public byte[] Descending
    {
        get
        {
            var inverted = Array.ConvertAll(Key, static b => (byte)~b);
            return After ? inverted : [.. inverted, Beyond];
        }
    }

    /// <summary>Compares by <see cref="Ascending"/> without building it, since no key is a prefix of another value's key.</summary>
    public int CompareTo(Boundary other)
    {
        var common = Math.Min(Key.Length, other.Key.Length);
        var order = Key.AsSpan(0, common).SequenceCompareTo(other.Key.AsSpan(0, common));
        if (order != 0 || Key.Length == other.Key.Length)
            return order != 0 ? order : After.CompareTo(other.After);

        return Key.Length < other.Key.Length ? (After ? 1 : -1) : (other.After ? -1 : 1);
    }
}

/// <summary>A range of consecutive values of one field, with the text that explain shows for it.</summary>
internal sealed record Interval(Boundary Low, Boundary High, string? RangeText, BsonValue? PointValue = null)
{
    /// <summary>All values.</summary>
    public static Interval All { get; } =
        new(new Boundary([KeyTags.MinKey - 1], After: true), new Boundary([KeyTags.MaxKey + 1], After: false), "[MinKey, MaxKey]");

    public static Interval Point(BsonValue value)
    {
        var key = KeyEncoder.Encode(value);
        return new Interval(new Boundary(key, After: false), new Boundary(key, After: true), null, value);
    }

    /// <summary>Creates an interval of one type between <paramref name="low"/> and <paramref name="high"/>. Null means unbounded.</summary>
    public static Interval OfType(BsonType type, (BsonValue Value, bool Inclusive)? low, (BsonValue Value, bool Inclusive)? high)
    {
        var from = low is { } l
            ? new Boundary(KeyEncoder.Encode(l.Value), After: !l.Inclusive)
            : new Boundary([(byte)(LeastTag(type) - 1)], After: true);
        var to = high is { } h
            ? new Boundary(KeyEncoder.Encode(h.Value), After: h.Inclusive)
            : new Boundary([(byte)(KeyTags.LastOfClass(type) + 1)], After: false);
        var text =
            $"{(low is { Inclusive: false } ? '(' : '[')}{(low is { } lv ? Format(lv.Value) : LeastText(type))}, "
            + $"{(high is { } hv ? Format(hv.Value) : GreatestText(type))}{(high is { Inclusive: false } ? ')' : ']')}";
        return new Interval(from, to, text);
    }

    /// <summary>Whether the interval is a single value.</summary>
    public bool IsPoint => PointValue is not null;

    /// <summary>The text that explain shows. Created on demand, since a <c>$in</c> may have a hundred thousand points.</summary>
    public string Text => RangeText ?? $"[{Format(PointValue)}, {Format(PointValue)}]";

    public bool IsEmpty => Low.CompareTo(High) >= 0;

    public static string Format(BsonValue? value) =>
        value switch
        {
            null => "null",
            BsonUndefined => "undefined",
            BsonMinKey => "MinKey",
            BsonMaxKey => "MaxKey",
            CollationKey key => key.ToString(),
            _ => MongoDB.Bson.BsonExtensionMethods.ToJson(
                value,
                value.GetType(),
                new MongoDB.Bson.IO.JsonWriterSettings { OutputMode = MongoDB.Bson.IO.JsonOutputMode.RelaxedExtendedJson }
            ),
        };

    // An unbounded range of numbers starts at minus infinity. NaN sorts below it and only matches equality.
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
