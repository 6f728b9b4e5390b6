using System.Text;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions.Numerics;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>$substrCP counts code points; $substrBytes (and its old name $substr) counts UTF-8 bytes.</summary>
internal static class SubstringOperators
{
    public static void AddTo(OperatorTable table)
    {
        foreach (var name in new[] { "$substr", "$substrBytes" })
            table.Custom(name, (op, argument, scope) => new VariadicExpression(Arguments.Exactly(op, argument, scope, 3), Bytes));
        table.Custom("$substrCP", (op, argument, scope) => new VariadicExpression(Arguments.Exactly(op, argument, scope, 3), CodePoints));
    }

    private static BsonValue CodePoints(BsonValue?[] operands)
    {
        var text = StringCoercion.Text(operands[0]);
        var start = Position(operands[1], "starting index", 34450, 34451, 34455);
        var length = Position(operands[2], "length", 34452, 34453, 34454);
        if (Substring.Offset(text, start) is not { } from)
            return "";
        var to = Substring.Offset(text.AsSpan(from), length) is { } count ? from + count : text.Length;
        return text[from..to];
    }

    private static int Position(BsonValue? value, string what, int notNumeric, int notInt32, int negative)
    {
        if (!Numbers.IsNumeric(value))
        {
            throw MongoErrorException.Location(
                notNumeric,
                $"$substrCP: {what} must be a numeric type (is BSON type {TypeNames.Of(value)})"
            );
        }

        if (!Numbers.TryToInt32(value, out var position))
            throw MongoErrorException.Location(notInt32, $"$substrCP: {what} cannot be represented as a 32-bit integral value: {value}");
        return position >= 0 ? position : throw MongoErrorException.Location(negative, $"$substrCP: {what} must be a nonnegative integer.");
    }

    private static BsonValue Bytes(BsonValue?[] operands)
    {
        var bytes = Encoding.UTF8.GetBytes(StringCoercion.Text(operands[0]));
        if (!Numbers.IsNumeric(operands[1]))
        {
            throw MongoErrorException.Location(
                16034,
                $"$substrBytes:  starting index must be a numeric type (is BSON type {TypeNames.Of(operands[1])})"
            );
        }

        if (!Numbers.IsNumeric(operands[2]))
        {
            throw MongoErrorException.Location(
                16035,
                $"$substrBytes:  length must be a numeric type (is BSON type {TypeNames.Of(operands[2])})"
            );
        }

        var start = Truncated(operands[1]!);
        if (start < 0)
            throw MongoErrorException.Location(50752, $"$substrBytes:  starting index must be non-negative (got: {start})");
        if (start > bytes.Length)
            return "";
        // A negative length means the rest of the string.
        var length = Truncated(operands[2]!);
        var end = length < 0 || length > bytes.Length - start ? bytes.Length : start + length;
        if (start < bytes.Length && IsContinuation(bytes[start]))
            throw MongoErrorException.Location(28656, "$substrBytes:  Invalid range, starting index is a UTF-8 continuation byte.");
        if (end < bytes.Length && IsContinuation(bytes[end]))
            throw MongoErrorException.Location(28657, "$substrBytes:  Invalid range, ending index is in the middle of a UTF-8 character.");
        return Encoding.UTF8.GetString(bytes, (int)start, (int)(end - start));
    }

    private static long Truncated(BsonValue value) =>
        value switch
        {
            BsonInt32 number => number.Value,
            BsonInt64 number => number.Value,
            _ => (long)Math.Clamp(BsonNumbers.ToDouble(value), -9e18, 9e18),
        };

    private static bool IsContinuation(byte b) => (b & 0xC0) == 0x80;
}

/// <summary>Converts positions in code points to positions in UTF-16 text.</summary>
internal static class Substring
{
    /// <summary>Returns the UTF-16 offset of a code point: the length just past the end, null beyond that.</summary>
    public static int? Offset(ReadOnlySpan<char> text, int codePoints)
    {
        var offset = 0;
        for (var remaining = codePoints; remaining > 0; remaining--)
        {
            if (offset >= text.Length)
                return null;
            offset += char.IsHighSurrogate(text[offset]) && offset + 1 < text.Length && char.IsLowSurrogate(text[offset + 1]) ? 2 : 1;
        }
        return offset;
    }
}
