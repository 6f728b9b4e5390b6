using System.Buffers.Binary;
using System.Text;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Bson;

/// <summary>Writes <see cref="BsonValue"/>s as BSON bytes into a pooled buffer.</summary>
internal static class BsonEncoder
{
    /// <summary>Returns the document's bytes in a new array.</summary>
    public static byte[] ToBytes(BsonDocument document)
    {
        using var buffer = new PooledBuffer();
        WriteDocument(buffer, document);
        return buffer.WrittenSpan.ToArray();
    }

    public static void WriteDocument(PooledBuffer buffer, BsonDocument document)
    {
        var start = BeginDocument(buffer);
        for (var i = 0; i < document.ElementCount; i++)
        {
            var element = document.GetElement(i);
            WriteElement(buffer, element.Name, element.Value);
        }

        EndDocument(buffer, start);
    }

    /// <summary>Starts a document or array. Returns its start position, to be passed to <see cref="EndDocument"/>.</summary>
    public static int BeginDocument(PooledBuffer buffer)
    {
        var start = buffer.Length;
        buffer.Append(4);
        return start;
    }

    public static void EndDocument(PooledBuffer buffer, int start)
    {
        buffer.WriteByte(0);
        BinaryPrimitives.WriteInt32LittleEndian(buffer.Written(start, 4), buffer.Length - start);
    }

    public static void WriteElement(PooledBuffer buffer, string name, BsonValue value)
    {
        WriteHeader(buffer, value.BsonType, name);
        WriteValue(buffer, value);
    }

    public static void CopyElement(PooledBuffer buffer, in RawElement element)
    {
        buffer.WriteByte((byte)element.Type);
        buffer.Write(element.Name);
        buffer.WriteByte(0);
        buffer.Write(element.Value);
    }

    /// <summary>Writes an element's type and name. The caller writes the value next.</summary>
    public static void WriteHeader(PooledBuffer buffer, BsonType type, string name)
    {
        buffer.WriteByte((byte)type);
        WriteCString(buffer, name);
    }

    /// <summary>Writes an element's type, with an array index as the name.</summary>
    public static void WriteHeader(PooledBuffer buffer, BsonType type, int index)
    {
        var span = buffer.GetSpan(16);
        span[0] = (byte)type;
        System.Buffers.Text.Utf8Formatter.TryFormat(index, span[1..], out var written);
        span[written + 1] = 0;
        buffer.Advance(written + 2);
    }

    /// <summary>Writes a value's bytes, without type and name.</summary>
    public static void WriteValue(PooledBuffer buffer, BsonValue value)
    {
        switch (value.BsonType)
        {
            case BsonType.Double:
                BinaryPrimitives.WriteDoubleLittleEndian(buffer.Append(8), ((BsonDouble)value).Value);
                break;
            case BsonType.String:
                WriteString(buffer, ((BsonString)value).Value);
                break;
            case BsonType.Document:
                WriteDocument(buffer, value.AsBsonDocument);
                break;
            case BsonType.Array:
                WriteArray(buffer, value.AsBsonArray);
                break;
            case BsonType.Binary:
                WriteBinary(buffer, value.AsBsonBinaryData);
                break;
            case BsonType.ObjectId:
                ((BsonObjectId)value).Value.ToByteArray().CopyTo(buffer.Append(12));
                break;
            case BsonType.Boolean:
                buffer.WriteByte(((BsonBoolean)value).Value ? (byte)1 : (byte)0);
                break;
            case BsonType.DateTime:
                BinaryPrimitives.WriteInt64LittleEndian(buffer.Append(8), ((BsonDateTime)value).MillisecondsSinceEpoch);
                break;
            case BsonType.RegularExpression:
                WriteCString(buffer, value.AsBsonRegularExpression.Pattern);
                WriteCString(buffer, value.AsBsonRegularExpression.Options);
                break;
            case BsonType.JavaScript:
                WriteString(buffer, ((BsonJavaScript)value).Code);
                break;
            case BsonType.Symbol:
                WriteString(buffer, ((BsonSymbol)value).Name);
                break;
            case BsonType.JavaScriptWithScope:
                var start = BeginDocument(buffer);
                WriteString(buffer, ((BsonJavaScriptWithScope)value).Code);
                WriteDocument(buffer, ((BsonJavaScriptWithScope)value).Scope);
                BinaryPrimitives.WriteInt32LittleEndian(buffer.Written(start, 4), buffer.Length - start);
                break;
            case BsonDbPointer.Type:
                WriteString(buffer, ((BsonDbPointer)value).Collection);
                ((BsonDbPointer)value).Id.ToByteArray().CopyTo(buffer.Append(12));
                break;
            case BsonType.Int32:
                BinaryPrimitives.WriteInt32LittleEndian(buffer.Append(4), ((BsonInt32)value).Value);
                break;
            case BsonType.Timestamp:
                BinaryPrimitives.WriteInt64LittleEndian(buffer.Append(8), ((BsonTimestamp)value).Value);
                break;
            case BsonType.Int64:
                BinaryPrimitives.WriteInt64LittleEndian(buffer.Append(8), ((BsonInt64)value).Value);
                break;
            case BsonType.Decimal128:
                var bits = ((BsonDecimal128)value).Value;
                BinaryPrimitives.WriteUInt64LittleEndian(buffer.Append(8), bits.GetIEEELowBits());
                BinaryPrimitives.WriteUInt64LittleEndian(buffer.Append(8), bits.GetIEEEHighBits());
                break;
        }
    }

    public static void WriteString(PooledBuffer buffer, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        var span = buffer.Append(length + 5);
        BinaryPrimitives.WriteInt32LittleEndian(span, length + 1);
        Encoding.UTF8.GetBytes(text, span[4..]);
        span[^1] = 0;
    }

    private static void WriteArray(PooledBuffer buffer, BsonArray array)
    {
        var start = BeginDocument(buffer);
        for (var i = 0; i < array.Count; i++)
        {
            var item = array[i];
            WriteHeader(buffer, item.BsonType, i);
            WriteValue(buffer, item);
        }

        EndDocument(buffer, start);
    }

    private static void WriteBinary(PooledBuffer buffer, BsonBinaryData binary)
    {
        var inner = binary.SubType == BsonLimits.OldBinary ? 4 : 0;
        BinaryPrimitives.WriteInt32LittleEndian(buffer.Append(4), binary.Bytes.Length + inner);
        buffer.WriteByte((byte)binary.SubType);
        if (inner != 0)
            BinaryPrimitives.WriteInt32LittleEndian(buffer.Append(4), binary.Bytes.Length);

        buffer.Write(binary.Bytes);
    }

    private static void WriteCString(PooledBuffer buffer, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        var span = buffer.Append(length + 1);
        Encoding.UTF8.GetBytes(text, span);
        span[^1] = 0;
    }
}
