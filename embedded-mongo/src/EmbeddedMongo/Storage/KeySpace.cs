using System.Buffers.Binary;
using System.Text;

namespace EmbeddedMongo.Storage;

/// <summary>
/// The key layout of the engine (format version 1). Integers are big-endian so that they sort. <c>c db.collection</c> is a catalog entry,
/// <c>d id:4 record:8</c> a document's BSON, <c>i id:4 key [record:8]</c> an index entry (unique indexes store the record in the value),
/// and <c>m name</c> a setting of the store.
/// </summary>
internal static class KeySpace
{
    public const int FormatVersion = 1;
    public const int PrefixLength = 5;
    public const int RecordIdLength = 8;
    public const int DocumentKeyLength = PrefixLength + RecordIdLength;

    public static readonly byte[] VersionKey = "mversion"u8.ToArray();
    public static readonly byte[] NextIdKey = "mnextId"u8.ToArray();
    public static readonly byte[] CatalogPrefix = "c"u8.ToArray();

    public static byte[] CatalogKey(string ns) => [(byte)'c', .. Encoding.UTF8.GetBytes(ns)];

    public static byte[] Prefix(char kind, uint id)
    {
        var key = new byte[PrefixLength];
        WritePrefix(key, kind, id);
        return key;
    }

    public static void WritePrefix(Span<byte> key, char kind, uint id)
    {
        key[0] = (byte)kind;
        BinaryPrimitives.WriteUInt32BigEndian(key[1..], id);
    }

    /// <summary>Writes the record to the end of a key or value.</summary>
    public static void WriteRecord(Span<byte> keyOrValue, long record) =>
        BinaryPrimitives.WriteInt64BigEndian(keyOrValue[^RecordIdLength..], record);

    /// <summary>Writes a document's key into a span of <see cref="DocumentKeyLength"/> bytes.</summary>
    public static void DocumentKey(Span<byte> key, uint collection, long record)
    {
        WritePrefix(key, 'd', collection);
        WriteRecord(key, record);
    }

    public static long RecordOf(ReadOnlySpan<byte> keyOrValue) => BinaryPrimitives.ReadInt64BigEndian(keyOrValue[^RecordIdLength..]);

    /// <summary>Returns the key of an index entry. Keys of unique indexes have no record.</summary>
    public static byte[] IndexKey(uint index, ReadOnlySpan<byte> fields, long? record)
    {
        var key = new byte[PrefixLength + fields.Length + (record is null ? 0 : RecordIdLength)];
        WritePrefix(key, 'i', index);
        fields.CopyTo(key.AsSpan(PrefixLength));
        if (record is { } id)
            WriteRecord(key, id);

        return key;
    }
}
