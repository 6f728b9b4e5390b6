using System.Buffers.Binary;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Bson;

/// <summary>Decodes BSON bytes into <see cref="BsonValue"/>s, optionally only the needed fields.</summary>
internal static class BsonDecoder
{
    /// <summary>
    /// Decodes a document. With <paramref name="needed"/>, only those fields appear in the result, in the document's order. The bytes of
    /// other fields are skipped without validation.
    /// </summary>
    /// <exception cref="InvalidBsonException">The bytes are not a document.</exception>
    public static BsonDocument Decode(ReadOnlySpan<byte> document, FieldSet? needed = null)
    {
        if (needed is null || needed.All)
            return DecodeDocument(document, BsonLimits.MaxDepth);

        // A stored document may contain duplicate names (as in MongoDB), which BsonDocument.Add rejects by default.
        var result = new BsonDocument { AllowDuplicateNames = true };
        var remaining = needed.Count;
        foreach (var element in RawBson.Elements(document))
        {
            if (remaining == 0)
                break;

            var index = needed.IndexOf(element.Name);
            if (index < 0)
                continue;

            var name = needed.Names[index];
            if (!result.Contains(name))
                remaining--;

            result.Add(name, DecodeValue(element.Type, element.Value, needed.NestedAt(index)));
        }

        return result;
    }

    /// <summary>Decodes a value. Of a document, or the documents in an array, only the fields in <paramref name="needed"/>.</summary>
    public static BsonValue DecodeValue(BsonType type, ReadOnlySpan<byte> value, FieldSet? needed)
    {
        if (needed is null || type is not (BsonType.Document or BsonType.Array))
            return DecodeValue(type, value);

        if (type == BsonType.Document)
            return Decode(value, needed);

        var items = new BsonArray();
        foreach (var item in RawBson.Elements(value))
            items.Add(DecodeValue(item.Type, item.Value, needed));

        return items;
    }

    /// <summary>Decodes a value that spans exactly the given bytes (as in <see cref="RawElement.Value"/>).</summary>
    public static BsonValue DecodeValue(BsonType type, ReadOnlySpan<byte> value, int maxDepth = BsonLimits.MaxDepth) =>
        type switch
        {
            BsonType.Double => new BsonDouble(BinaryPrimitives.ReadDoubleLittleEndian(value)),
            BsonType.String => new BsonString(DecodeText(value)),
            BsonType.Document => DecodeDocument(value, maxDepth - 1),
            BsonType.Array => DecodeArray(value, maxDepth - 1),
            BsonType.Binary => DecodeBinary(value),
            BsonType.Undefined => BsonUndefined.Value,
            BsonType.ObjectId => new BsonObjectId(new ObjectId(value.ToArray())),
            BsonType.Boolean => value[0] != 0 ? BsonBoolean.True : BsonBoolean.False,
            BsonType.DateTime => new BsonDateTime(BinaryPrimitives.ReadInt64LittleEndian(value)),
            BsonType.Null => BsonNull.Value,
            BsonType.RegularExpression => DecodeRegex(value),
            BsonType.JavaScript => new BsonJavaScript(DecodeText(value)),
            BsonType.Symbol => (BsonSymbol)DecodeText(value),
            BsonType.JavaScriptWithScope => DecodeJavaScriptWithScope(value, maxDepth),
            BsonType.Int32 => (BsonValue)BinaryPrimitives.ReadInt32LittleEndian(value),
            BsonType.Timestamp => new BsonTimestamp(BinaryPrimitives.ReadInt64LittleEndian(value)),
            BsonType.Int64 => (BsonValue)BinaryPrimitives.ReadInt64LittleEndian(value),
            BsonType.Decimal128 => new BsonDecimal128(
                Decimal128.FromIEEEBits(BinaryPrimitives.ReadUInt64LittleEndian(value[8..]), BinaryPrimitives.ReadUInt64LittleEndian(value))
            ),
            BsonDbPointer.Type => new BsonDbPointer(DecodeText(value[..^12]), new ObjectId(value[^12..].ToArray())),
            BsonType.MinKey => BsonMinKey.Value,
            BsonType.MaxKey => BsonMaxKey.Value,
            _ => throw new InvalidBsonException($"Unrecognized BSON type {(int)type & 0xff}"),
        };

    private static BsonDocument DecodeDocument(ReadOnlySpan<byte> bytes, int maxDepth)
    {
        CheckDepth(maxDepth);
        var result = new BsonDocument { AllowDuplicateNames = true };
        foreach (var element in RawBson.Elements(bytes))
            result.Add(FieldNameCache.Get(element.Name), DecodeValue(element.Type, element.Value, maxDepth));

        return result;
    }

    private static BsonArray DecodeArray(ReadOnlySpan<byte> bytes, int maxDepth)
    {
        CheckDepth(maxDepth);
        var result = new BsonArray();
        foreach (var element in RawBson.Elements(bytes))
            result.Add(DecodeValue(element.Type, element.Value, maxDepth));

        return result;
    }

    private static void CheckDepth(int maxDepth)
    {
        if (maxDepth <= 0)
            throw new InvalidBsonException("BSONObj exceeds maximum nested object depth", tooDeep: true);
    }

    private static string DecodeText(ReadOnlySpan<byte> value) =>
        value[^1] == 0
            ? FieldNameCache.Decode(value[4..^1])
            : throw new InvalidBsonException("BSON string is not terminated by a zero byte");

    private static BsonRegularExpression DecodeRegex(ReadOnlySpan<byte> value)
    {
        var end = value.IndexOf((byte)0);
        return new BsonRegularExpression(FieldNameCache.Decode(value[..end]), FieldNameCache.Decode(value[(end + 1)..^1]));
    }

    private static BsonBinaryData DecodeBinary(ReadOnlySpan<byte> value)
    {
        var subType = (BsonBinarySubType)value[4];
        var data = value[5..];
        if (subType == BsonLimits.OldBinary)
        {
            // Subtype 2 repeats the length inside the data.
            if (data.Length < 4 || BinaryPrimitives.ReadInt32LittleEndian(data) != data.Length - 4)
                throw new InvalidBsonException("Invalid length of an old binary value");

            data = data[4..];
        }

        if (subType is BsonBinarySubType.UuidStandard or BsonBinarySubType.UuidLegacy && data.Length != 16)
            throw new InvalidBsonException($"A UUID has 16 bytes, not {data.Length}");

        return new BsonBinaryData(data.ToArray(), subType);
    }

    private static BsonJavaScriptWithScope DecodeJavaScriptWithScope(ReadOnlySpan<byte> value, int maxDepth)
    {
        var rest = value[4..];
        var codeLength = RawBson.ValueLength(BsonType.String, rest);
        return new BsonJavaScriptWithScope(DecodeText(rest[..codeLength]), DecodeDocument(rest[codeLength..], maxDepth - 1));
    }
}
