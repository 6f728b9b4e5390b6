using System.Text;

namespace EmbeddedMongo.Bson;

/// <summary>
/// A direct-mapped cache of field names, which repeat in every document of a collection.
/// It needs no lock: entries are immutable, so a race only overwrites one.
/// </summary>
internal static class FieldNameCache
{
    private const int Slots = 4096;
    private const int MaxLength = 64;

    private static readonly Entry?[] Table = new Entry?[Slots];
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    public static string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length is 0 or > MaxLength)
            return Decode(utf8);

        var hash = (uint)utf8.Length;
        foreach (var b in utf8)
            hash = (hash ^ b) * 16777619u;

        ref var slot = ref Table[(hash ^ (hash >> 16)) & (Slots - 1)];
        var entry = slot;
        if (entry is not null && utf8.SequenceEqual(entry.Utf8))
            return entry.Name;

        var name = Decode(utf8);
        slot = new Entry(utf8.ToArray(), name);
        return name;
    }

    /// <summary>Decodes the text of a BSON string or name.</summary>
    /// <exception cref="InvalidBsonException">The bytes are not UTF-8.</exception>
    public static string Decode(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return Utf8.GetString(utf8);
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidBsonException("Invalid UTF-8 string in BSON document");
        }
    }

    private sealed record Entry(byte[] Utf8, string Name);
}
