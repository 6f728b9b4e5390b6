using System.Buffers.Binary;
using System.Text;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Indexes;

/// <summary>
/// Encodes values as bytes whose memcmp order and equality are those of <see cref="BsonOrder"/>, so that the storage engine sorts index
/// entries in MongoDB's order. Every value starts with a tag in 0x10..0xE0, so that the end of a value (0x00) and its inverse for
/// descending fields (0xFF) sort before and after any following value.
/// </summary>
internal static class KeyEncoder
{
    public const byte End = 0x00;

    /// <summary>Appends a field of a key. A missing value is encoded as null. All bytes of descending fields are inverted.</summary>
    public static void Append(PooledBuffer key, BsonValue? value, bool descending)
    {
        var start = key.Length;
        AppendValue(key, value ?? BsonNull.Value);
        if (descending)
            Invert(key, start);
    }

    /// <summary>Appends a field of a key from the bytes of a <see cref="RawElement"/>.</summary>
    public static void Append(PooledBuffer key, BsonType type, ReadOnlySpan<byte> value, bool descending)
    {
        var start = key.Length;
        AppendRaw(key, type, value);
        if (descending)
            Invert(key, start);
    }

    /// <summary>Encodes a single value. A missing value is encoded as null.</summary>
    public static byte[] Encode(BsonValue? value)
    {
        using var key = new PooledBuffer(64);
        AppendValue(key, value ?? BsonNull.Value);
        return key.WrittenSpan.ToArray();
    }

    private static void Invert(PooledBuffer key, int start)
    {
        var written = key.Written(start, key.Length - start);
        for (var i = 0; i < written.Length; i++)
            written[i] = (byte)~written[i];
    }

    private static void AppendRaw(PooledBuffer key, BsonType type, ReadOnlySpan<byte> value)
    {
        switch (type)
        {
            case BsonType.Int32:
                NumberKey.AppendInt64(key, BinaryPrimitives.ReadInt32LittleEndian(value));
                break;
            case BsonType.Int64:
                NumberKey.AppendInt64(key, BinaryPrimitives.ReadInt64LittleEndian(value));
                break;
            case BsonType.Double:
                NumberKey.AppendDouble(key, BinaryPrimitives.ReadDoubleLittleEndian(value));
                break;
            case BsonType.String when !value[4..^1].Contains((byte)0):
                key.WriteByte(KeyTags.String);
                key.Write(value[4..^1]);
                key.WriteByte(End);
                break;
            case BsonType.ObjectId:
                key.WriteByte(KeyTags.ObjectId);
                key.Write(value);
                break;
            case BsonType.DateTime:
                key.WriteByte(KeyTags.DateTime);
                AppendInt64(key, BinaryPrimitives.ReadInt64LittleEndian(value));
                break;
            case BsonType.Null:
                key.WriteByte(KeyTags.Null);
                break;
            default:
                AppendValue(key, BsonDecoder.DecodeValue(type, value));
                break;
        }
    }

    private static void AppendValue(PooledBuffer key, BsonValue value)
    {
        switch (value.BsonType)
        {
            case BsonType.Double or BsonType.Int32 or BsonType.Int64 or BsonType.Decimal128:
                NumberKey.Append(key, value);
                break;
            case BsonType.String:
                key.WriteByte(KeyTags.String);
                AppendText(key, ((BsonString)value).Value);
                break;
            case BsonType.Symbol:
                key.WriteByte(KeyTags.String);
                AppendText(key, ((BsonSymbol)value).Name);
                break;
            case BsonType.Document:
                key.WriteByte(KeyTags.Document);
                AppendDocument(key, (BsonDocument)value);
                break;
            case BsonType.Array:
                key.WriteByte(KeyTags.Array);
                var array = (BsonArray)value;
                for (var i = 0; i < array.Count; i++)
                    AppendValue(key, array[i]);

                key.WriteByte(End);
                break;
            case BsonType.Binary:
                AppendBinary(key, (BsonBinaryData)value);
                break;
            case BsonType.ObjectId:
                key.WriteByte(KeyTags.ObjectId);
                ((BsonObjectId)value).Value.ToByteArray().CopyTo(key.Append(12));
                break;
            case BsonType.DateTime:
                key.WriteByte(KeyTags.DateTime);
                AppendInt64(key, ((BsonDateTime)value).MillisecondsSinceEpoch);
                break;
            case BsonType.Timestamp:
                key.WriteByte(KeyTags.Timestamp);
                BinaryPrimitives.WriteInt64BigEndian(key.Append(8), ((BsonTimestamp)value).Value);
                break;
            case BsonType.RegularExpression:
                key.WriteByte(KeyTags.Regex);
                AppendText(key, ((BsonRegularExpression)value).Pattern);
                AppendText(key, ((BsonRegularExpression)value).Options);
                break;
            case BsonDbPointer.Type:
                var pointer = (BsonDbPointer)value;
                key.WriteByte(KeyTags.DbPointer);
                BinaryPrimitives.WriteInt32BigEndian(key.Append(4), pointer.Collection.Length);
                AppendText(key, pointer.Collection);
                pointer.Id.ToByteArray().CopyTo(key.Append(12));
                break;
            case BsonType.JavaScript:
                key.WriteByte(KeyTags.JavaScript);
                AppendText(key, ((BsonJavaScript)value).Code);
                break;
            case BsonType.JavaScriptWithScope:
                key.WriteByte(KeyTags.JavaScriptWithScope);
                AppendText(key, ((BsonJavaScriptWithScope)value).Code);
                AppendDocument(key, ((BsonJavaScriptWithScope)value).Scope);
                break;
            default:
                key.WriteByte(KeyTags.Of(value));
                break;
        }
    }

    private static void AppendDocument(PooledBuffer key, BsonDocument document)
    {
        // Documents are compared field by field: first the types, then the names, then the values.
        for (var i = 0; i < document.ElementCount; i++)
        {
            var element = document.GetElement(i);
            key.WriteByte(KeyTags.Class(element.Value.BsonType));
            AppendText(key, element.Name);
            AppendValue(key, element.Value);
        }

        key.WriteByte(End);
    }

    private static void AppendBinary(PooledBuffer key, BsonBinaryData binary)
    {
        key.WriteByte(KeyTags.Binary);
        BinaryPrimitives.WriteInt32BigEndian(key.Append(4), binary.Bytes.Length);
        key.WriteByte((byte)binary.SubType);
        key.Write(binary.Bytes);
    }

    private static void AppendInt64(PooledBuffer key, long value) =>
        BinaryPrimitives.WriteUInt64BigEndian(key.Append(8), (ulong)value ^ (1UL << 63));

    /// <summary>
    /// Appends UTF-8 with zero bytes escaped as 00 FF, terminated by 00, so that a prefix sorts before longer strings.
    /// </summary>
    private static void AppendText(PooledBuffer key, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        var start = key.Length;
        Encoding.UTF8.GetBytes(text, key.Append(length));
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            var plain = key.Written(start, length).ToArray();
            key.Truncate(start);
            foreach (var b in plain)
            {
                key.WriteByte(b);
                if (b == 0)
                    key.WriteByte(0xFF);
            }
        }

        key.WriteByte(End);
    }
}
