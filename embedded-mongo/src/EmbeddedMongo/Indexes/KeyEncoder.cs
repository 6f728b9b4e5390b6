using System.Buffers.Binary;
using System.Text;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Indexes;

/// <summary>
/// Encodes values as bytes whose memcmp order is <see cref="BsonOrder"/>, and whose equality is its equality: what the
/// storage engine sorts are index entries in MongoDB's order. Every value starts with a tag in 0x10..0xE0, so that a value's
/// end (0x00) and its inverse for descending fields (0xFF) sort before and after whatever follows.
/// </summary>
internal static class KeyEncoder
{
    public const byte End = 0x00;

    /// <summary>Appends one field of a key; a missing value is indexed as null. Descending fields have every byte inverted.</summary>
    public static void Append(PooledBuffer key, BsonValue? value, bool descending)
    {
        var start = key.Length;
        AppendValue(key, value ?? BsonNull.Value);
        if (descending)
        {
            var written = key.Written(start, key.Length - start);
            for (var i = 0; i < written.Length; i++)
                written[i] = (byte)~written[i];
        }
    }

    /// <summary>The lowest tag of a type's values, or of the types ranked next to it; see <see cref="KeyTags"/>.</summary>
    public static byte[] Encode(BsonValue? value)
    {
        using var key = new PooledBuffer(64);
        AppendValue(key, value ?? BsonNull.Value);
        return key.WrittenSpan.ToArray();
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
                ((BsonObjectId)value).Value.ToByteArray().CopyTo(key.Take(12));
                break;
            case BsonType.DateTime:
                key.WriteByte(KeyTags.DateTime);
                AppendInt64(key, ((BsonDateTime)value).MillisecondsSinceEpoch);
                break;
            case BsonType.Timestamp:
                key.WriteByte(KeyTags.Timestamp);
                BinaryPrimitives.WriteInt64BigEndian(key.Take(8), ((BsonTimestamp)value).Value);
                break;
            case BsonType.RegularExpression:
                key.WriteByte(KeyTags.Regex);
                AppendText(key, ((BsonRegularExpression)value).Pattern);
                AppendText(key, ((BsonRegularExpression)value).Options);
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
        // Documents compare field by field: the types first, then the names, then the values.
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
        BinaryPrimitives.WriteInt32BigEndian(key.Take(4), binary.Bytes.Length);
        key.WriteByte((byte)binary.SubType);
        key.Write(binary.Bytes);
    }

    private static void AppendInt64(PooledBuffer key, long value) =>
        BinaryPrimitives.WriteUInt64BigEndian(key.Take(8), (ulong)value ^ (1UL << 63));

    /// <summary>UTF-8, zero bytes escaped as 00 FF, closed by 00: a prefix sorts before what it begins.</summary>
    private static void AppendText(PooledBuffer key, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        var start = key.Length;
        Encoding.UTF8.GetBytes(text, key.Take(length));
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
