using System.Buffers.Binary;
using MongoDB.Bson;

namespace EmbeddedMongo.Bson;

/// <summary>Turns BSON bytes into <see cref="BsonValue"/>s, reading only the fields that are needed.</summary>
internal static class BsonDecoder
{
    /// <summary>
    /// Decodes a document. With <paramref name="needed"/> only those top-level fields appear in the result, in the
    /// document's own order; the bytes of the others are skipped, not checked.
    /// </summary>
    /// <exception cref="InvalidBsonException">The bytes are not a document.</exception>
    public static BsonDocument Decode(ReadOnlySpan<byte> document, FieldSet? needed = null)
    {
        if (needed is null || needed.All)
            return Document(document, BsonLimits.MaxDepth);

        // A stored document may repeat a name (MongoDB keeps it so), which BsonDocument.Add refuses by default.
        var result = new BsonDocument { AllowDuplicateNames = true };
        var wanted = needed.Count;
        foreach (var element in RawBson.Elements(document))
        {
            if (wanted == 0)
                break;

            if (needed.Contains(element.Name))
            {
                result.Add(FieldNameCache.Get(element.Name), DecodeValue(element.Type, element.Value, BsonLimits.MaxDepth));
                wanted--;
            }
        }

        return result;
    }

    /// <summary>Decodes one value from exactly its bytes (as in <see cref="RawElement.Value"/>).</summary>
    public static BsonValue DecodeValue(BsonType type, ReadOnlySpan<byte> value, int maxDepth = BsonLimits.MaxDepth) =>
        type switch
        {
            BsonType.Double => new BsonDouble(BinaryPrimitives.ReadDoubleLittleEndian(value)),
            BsonType.String => new BsonString(Text(value)),
            BsonType.Document => Document(value, maxDepth - 1),
            BsonType.Array => Array(value, maxDepth - 1),
            BsonType.Binary => Binary(value),
            BsonType.Undefined => BsonUndefined.Value,
            BsonType.ObjectId => new BsonObjectId(new ObjectId(value.ToArray())),
            BsonType.Boolean => value[0] != 0 ? BsonBoolean.True : BsonBoolean.False,
            BsonType.DateTime => new BsonDateTime(BinaryPrimitives.ReadInt64LittleEndian(value)),
            BsonType.Null => BsonNull.Value,
            BsonType.RegularExpression => Regex(value),
            BsonType.JavaScript => new BsonJavaScript(Text(value)),
            BsonType.Symbol => (BsonSymbol)Text(value),
            BsonType.JavaScriptWithScope => JavaScriptWithScope(value, maxDepth),
            BsonType.Int32 => (BsonValue)BinaryPrimitives.ReadInt32LittleEndian(value),
            BsonType.Timestamp => new BsonTimestamp(BinaryPrimitives.ReadInt64LittleEndian(value)),
            BsonType.Int64 => (BsonValue)BinaryPrimitives.ReadInt64LittleEndian(value),
            BsonType.Decimal128 => new BsonDecimal128(
                Decimal128.FromIEEEBits(BinaryPrimitives.ReadUInt64LittleEndian(value[8..]), BinaryPrimitives.ReadUInt64LittleEndian(value))
            ),
            BsonType.MinKey => BsonMinKey.Value,
            BsonType.MaxKey => BsonMaxKey.Value,
            _ => throw new InvalidBsonException($"Unrecognized BSON type {(int)type & 0xff}"),
        };

    private static BsonDocument Document(ReadOnlySpan<byte> bytes, int maxDepth)
    {
        CheckDepth(maxDepth);
        var result = new BsonDocument { AllowDuplicateNames = true };
        foreach (var element in RawBson.Elements(bytes))
            result.Add(FieldNameCache.Get(element.Name), DecodeValue(element.Type, element.Value, maxDepth));

        return result;
    }

    private static BsonArray Array(ReadOnlySpan<byte> bytes, int maxDepth)
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

    private static string Text(ReadOnlySpan<byte> value) =>
        value[^1] == 0
            ? FieldNameCache.Decode(value[4..^1])
            : throw new InvalidBsonException("BSON string is not terminated by a zero byte");

    private static BsonRegularExpression Regex(ReadOnlySpan<byte> value)
    {
        var end = value.IndexOf((byte)0);
        return new BsonRegularExpression(FieldNameCache.Decode(value[..end]), FieldNameCache.Decode(value[(end + 1)..^1]));
    }

    private static BsonBinaryData Binary(ReadOnlySpan<byte> value)
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

    private static BsonJavaScriptWithScope JavaScriptWithScope(ReadOnlySpan<byte> value, int maxDepth)
    {
        var rest = value[4..];
        var codeLength = RawBson.ValueLength(BsonType.String, rest);
        return new BsonJavaScriptWithScope(Text(rest[..codeLength]), Document(rest[codeLength..], maxDepth - 1));
    }
}
