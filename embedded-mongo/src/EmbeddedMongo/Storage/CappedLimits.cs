using System.Globalization;
using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Storage;

/// <summary>The limits of a capped collection (manual: "Capped Collections").</summary>
/// <param name="Size">Maximum size of the documents in bytes.</param>
/// <param name="Max">Maximum number of documents; null for no limit.</param>
internal sealed record CappedLimits(long Size, long? Max)
{
    private const long MaxSize = 1L << 50;
    private const long SizeUnit = 256;

    /// <summary>Reads the limits from the options of a collection. Returns null if it is not capped.</summary>
    public static CappedLimits? Read(BsonDocument options) =>
        options.GetValue("capped", false).ToBoolean()
            ? new CappedLimits(options["size"].ToInt64(), options.TryGetValue("max", out var max) ? max.ToInt64() : null)
            : null;

    /// <summary>Checks a size in bytes and rounds it up to a multiple of 256.</summary>
    /// <exception cref="MongoErrorException">51024 unless the size is between 1 byte and 1 PB.</exception>
    public static long CheckSize(string field, long size) =>
        size switch
        {
            < 1 => throw OutOfRange(field, ">= 1", size),
            > MaxSize => throw OutOfRange(field, string.Create(CultureInfo.InvariantCulture, $"<= {MaxSize}"), size),
            _ => (size + SizeUnit - 1) / SizeUnit * SizeUnit,
        };

    /// <summary>Checks a maximum number of documents. Zero and negative numbers mean no limit, which is stored as 2^31 - 1.</summary>
    /// <exception cref="MongoErrorException">51024 unless the number is less than 2^31.</exception>
    public static long CheckMax(string field, long max) =>
        max > int.MaxValue ? throw OutOfRange(field, "< 2147483648", max)
        : max <= 0 ? int.MaxValue
        : max;

    /// <summary>Returns the options of a collection with these limits, in the order in which <c>listCollections</c> shows them.</summary>
    /// <param name="others">The collection's options, whose limits are replaced.</param>
    public BsonDocument ApplyTo(BsonDocument others)
    {
        var options = new BsonDocument { { "capped", true }, { "size", ToNumber(Size) } };
        if (Max is { } max)
            options.Add("max", ToNumber(max));

        return options.AddRange(others.Where(option => option.Name is not ("capped" or "size" or "max")));
    }

    private static BsonValue ToNumber(long value) => value <= int.MaxValue ? (int)value : value;

    private static MongoErrorException OutOfRange(string field, string allowed, long value) =>
        new(51024, string.Create(CultureInfo.InvariantCulture, $"BSON field '{field}' value must be {allowed}, actual value '{value}'"));
}
