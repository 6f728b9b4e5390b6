using System.Buffers.Binary;
using System.Text.Unicode;
using MongoDB.Bson;

namespace EmbeddedMongo.Bson;

/// <summary>One element of a BSON document, as spans into the document's bytes.</summary>
internal readonly ref struct RawElement(BsonType type, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
{
    public BsonType Type { get; } = type;

    /// <summary>The field's name in UTF-8, without the terminating zero.</summary>
    public ReadOnlySpan<byte> Name { get; } = name;

    /// <summary>The value's bytes: everything that follows the name, including length prefixes.</summary>
    public ReadOnlySpan<byte> Value { get; } = value;
}

/// <summary>Walks BSON bytes without decoding them. Every length is checked against the available bytes.</summary>
internal static class RawBson
{
    /// <summary>Enumerates the elements of a document or array, which must include its length prefix.</summary>
    public static RawElements Elements(ReadOnlySpan<byte> document) => new(Body(document));

    /// <summary>Finds a top-level field.</summary>
    public static bool TryFind(ReadOnlySpan<byte> document, ReadOnlySpan<byte> name, out RawElement element)
    {
        foreach (var candidate in Elements(document))
        {
            if (candidate.Name.SequenceEqual(name))
            {
                element = candidate;
                return true;
            }
        }

        element = default;
        return false;
    }

    /// <summary>Returns the length of the document at the start of <paramref name="bytes"/>, which must contain all of it.</summary>
    public static int DocumentLength(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 5)
            throw new InvalidBsonException("BSON document is cut off");

        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (length < 5 || length > bytes.Length)
            throw new InvalidBsonException($"Invalid BSON document length {length}: {bytes.Length} bytes are there");

        return length;
    }

    /// <summary>Validates a whole document: lengths, terminators, UTF-8, types and nesting.</summary>
    /// <exception cref="InvalidBsonException">The document is malformed.</exception>
    public static void Validate(ReadOnlySpan<byte> document, int maxDepth = BsonLimits.MaxDepth)
    {
        if (maxDepth <= 0)
            throw new InvalidBsonException("BSONObj exceeds maximum nested object depth", tooDeep: true);

        if (DocumentLength(document) != document.Length)
            throw new InvalidBsonException("BSON document length does not match its container");

        foreach (var element in Elements(document))
        {
            if (!Utf8.IsValid(element.Name))
                throw new InvalidBsonException("Invalid UTF-8 string in BSON document");

            ValidateValue(element, maxDepth);
        }
    }

    private static void ValidateValue(in RawElement element, int maxDepth)
    {
        switch (element.Type)
        {
            case BsonType.Document or BsonType.Array:
                Validate(element.Value, maxDepth - 1);
                break;
            case BsonType.String or BsonType.Symbol or BsonType.JavaScript:
                if (element.Value[^1] != 0 || !Utf8.IsValid(element.Value[4..^1]))
                    throw new InvalidBsonException("Invalid UTF-8 string in BSON document");

                break;
            case BsonType.Boolean when element.Value[0] > 1:
                throw new InvalidBsonException("Invalid boolean value in BSON document");
            case BsonType.RegularExpression when !Utf8.IsValid(element.Value):
                throw new InvalidBsonException("Invalid UTF-8 string in BSON document");
            case BsonType.JavaScriptWithScope or BsonType.Binary:
                BsonDecoder.DecodeValue(element.Type, element.Value, maxDepth);
                break;
        }
    }

    internal static ReadOnlySpan<byte> Body(ReadOnlySpan<byte> document)
    {
        var length = DocumentLength(document);
        if (document[length - 1] != 0)
            throw new InvalidBsonException("BSON document is not terminated by a zero byte");

        return document[4..(length - 1)];
    }

    /// <summary>Returns the length of the value of the given type at the start of <paramref name="bytes"/>.</summary>
    internal static int ValueLength(BsonType type, ReadOnlySpan<byte> bytes)
    {
        var length = type switch
        {
            BsonType.Double or BsonType.DateTime or BsonType.Timestamp or BsonType.Int64 => 8,
            BsonType.Int32 => 4,
            BsonType.Boolean => 1,
            BsonType.ObjectId => 12,
            BsonType.Decimal128 => 16,
            BsonType.Null or BsonType.Undefined or BsonType.MinKey or BsonType.MaxKey => 0,
            BsonType.String or BsonType.Symbol or BsonType.JavaScript => 4L + ReadLength(bytes, min: 1),
            BsonType.Document or BsonType.Array => ReadLength(bytes, min: 5),
            BsonType.Binary => 5L + ReadLength(bytes, min: 0),
            BsonType.JavaScriptWithScope => ReadLength(bytes, min: 14),
            BsonType.RegularExpression => GetRegexLength(bytes),
            _ => throw new InvalidBsonException($"Unrecognized BSON type {(int)type & 0xff}"),
        };
        if (length > bytes.Length)
            throw new InvalidBsonException($"BSON value of type {type} is cut off");

        return (int)length;
    }

    private static long GetRegexLength(ReadOnlySpan<byte> bytes)
    {
        var pattern = bytes.IndexOf((byte)0);
        var options = pattern < 0 ? -1 : bytes[(pattern + 1)..].IndexOf((byte)0);
        return options < 0 ? throw new InvalidBsonException("BSON regular expression is cut off") : pattern + options + 2;
    }

    private static long ReadLength(ReadOnlySpan<byte> bytes, int min)
    {
        if (bytes.Length < 4)
            throw new InvalidBsonException("BSON value is cut off");

        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        return length < min ? throw new InvalidBsonException($"Invalid BSON length {length}") : length;
    }
}

/// <summary>A forward enumerator of a document's elements.</summary>
internal ref struct RawElements(ReadOnlySpan<byte> body)
{
    private ReadOnlySpan<byte> _rest = body;

    public RawElement Current { get; private set; }

    public readonly RawElements GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.IsEmpty)
            return false;

        var type = (BsonType)_rest[0] == (BsonType)255 ? BsonType.MinKey : (BsonType)_rest[0];
        var nameLength = _rest[1..].IndexOf((byte)0);
        if (nameLength < 0)
            throw new InvalidBsonException("BSON field name is not terminated");

        var name = _rest.Slice(1, nameLength);
        var value = _rest[(nameLength + 2)..];
        var length = RawBson.ValueLength(type, value);
        Current = new RawElement(type, name, value[..length]);
        _rest = value[length..];
        return true;
    }
}
