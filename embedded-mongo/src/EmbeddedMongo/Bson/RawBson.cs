using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.Intrinsics;
using System.Text.Unicode;
using EmbeddedMongo.Values;
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
            case BsonDbPointer.Type:
                if (element.Value[^13] != 0 || !Utf8.IsValid(element.Value[4..^13]))
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
        var lengths = FixedLengths;
        var length =
            (uint)type < (uint)lengths.Length && lengths[(int)type] is >= 0 and var known ? known
            : type == BsonType.String && bytes.Length > 4 ? StringLength(bytes)
            : VariableLength(type, bytes);
        if (length > bytes.Length)
            throw new InvalidBsonException($"BSON value of type {type} is cut off");

        return (int)length;
    }

    /// <summary>The lengths of values by type; -1 if the length is in the value, or the type is unknown.</summary>
    private static ReadOnlySpan<sbyte> FixedLengths => [-1, 8, -1, -1, -1, -1, 0, 12, 1, 8, 0, -1, -1, -1, -1, -1, 4, 8, 8, 16];

    /// <summary>Strings are common, so their length is inlined.</summary>
    private static long StringLength(ReadOnlySpan<byte> bytes) =>
        BinaryPrimitives.ReadInt32LittleEndian(bytes) is > 0 and var length ? 4L + length : VariableLength(BsonType.String, bytes);

    private static long VariableLength(BsonType type, ReadOnlySpan<byte> bytes) =>
        type switch
        {
            BsonType.String or BsonType.Symbol or BsonType.JavaScript => 4L + ReadLength(bytes, min: 1),
            BsonType.Document or BsonType.Array => ReadLength(bytes, min: 5),
            BsonType.Binary => 5L + ReadLength(bytes, min: 0),
            BsonType.JavaScriptWithScope => ReadLength(bytes, min: 14),
            BsonType.RegularExpression => GetRegexLength(bytes),
            BsonDbPointer.Type => 4L + ReadLength(bytes, min: 1) + 12,
            BsonType.MinKey or BsonType.MaxKey => 0,
            _ => throw new InvalidBsonException($"Unrecognized BSON type {(int)type & 0xff}"),
        };

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
    private readonly ReadOnlySpan<byte> _body = body;
    private int _nameStart;
    private int _nameLength;
    private int _valueStart;
    private int _next;

    public readonly BsonType Type => ReadType(_body[_nameStart - 1]);

    /// <summary>The field's name in UTF-8, without the terminating zero.</summary>
    public readonly ReadOnlySpan<byte> Name => _body.Slice(_nameStart, _nameLength);

    /// <summary>The range of the value's bytes in the document, which includes the length prefix of the document.</summary>
    public readonly Range ValueRange => (_valueStart + sizeof(int))..(_next + sizeof(int));

    public readonly RawElement Current => new(Type, Name, _body[_valueStart.._next]);

    public readonly RawElements GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_next >= _body.Length)
            return false;

        var type = ReadType(_body[_next]);
        _nameStart = _next + 1;
        var rest = _body[_nameStart..];
        _nameLength = IndexOfZero(rest);
        if (_nameLength < 0)
            throw new InvalidBsonException("BSON field name is not terminated");

        _valueStart = _nameStart + _nameLength + 1;
        _next = _valueStart + RawBson.ValueLength(type, rest[(_nameLength + 1)..]);
        return true;
    }

    private static BsonType ReadType(byte type) => type == 255 ? BsonType.MinKey : (BsonType)type;

    /// <summary>Most names are short, so that one comparison of 16 bytes finds their end.</summary>
    private static int IndexOfZero(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= Vector128<byte>.Count)
        {
            var zeros = Vector128.Equals(Vector128.Create(bytes), Vector128<byte>.Zero).ExtractMostSignificantBits();
            if (zeros != 0)
                return BitOperations.TrailingZeroCount(zeros);
        }

        return bytes.IndexOf((byte)0);
    }
}
