using System.Text;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>
/// $concat, $toLower, $toUpper, $split, $strcasecmp, $strLenBytes, $strLenCP, $indexOfBytes and $indexOfCP. As in MongoDB, case mapping
/// covers ASCII only.
/// </summary>
internal static class StringOperators
{
    public static void AddTo(OperatorTable table)
    {
        table.UntilNull("$concat", Concat);
        table.Unary("$toLower", v => ToLowerAscii(StringCoercion.Text(v)));
        table.Unary("$toUpper", v => ToUpperAscii(StringCoercion.Text(v)));
        table.Binary("$split", Split);
        table.Binary(
            "$strcasecmp",
            (a, b) =>
                (BsonValue)Math.Sign(BsonOrder.CompareStrings(ToUpperAscii(StringCoercion.Text(a)), ToUpperAscii(StringCoercion.Text(b))))
        );
        table.Unary("$strLenBytes", v => Encoding.UTF8.GetByteCount(Required(v, "$strLenBytes", 34473)));
        table.Unary("$strLenCP", v => CodePoints(Required(v, "$strLenCP", 34471)));
        table.Variadic("$indexOfBytes", o => IndexOf(o, "$indexOfBytes", 40091, 40092, bytes: true), 2, 4);
        table.Variadic("$indexOfCP", o => IndexOf(o, "$indexOfCP", 40093, 40094, bytes: false), 2, 4);
    }

    public static int CodePoints(ReadOnlySpan<char> text)
    {
        var count = text.Length;
        foreach (var c in text)
        {
            if (char.IsLowSurrogate(c))
                count--;
        }
        return count;
    }

    private static BsonValue Concat(BsonValue?[] operands)
    {
        var text = new StringBuilder();
        foreach (var operand in operands)
        {
            if (operand.IsNullish())
                return BsonNull.Value;
            TextLimit.Require((long)text.Length + ((operand as BsonString)?.Value.Length ?? 0));
            text.Append(
                operand is BsonString part
                    ? part.Value
                    : throw MongoErrorException.Location(16702, $"$concat only supports strings, not {TypeNames.Of(operand)}")
            );
        }
        return text.ToString();
    }

    private static BsonValue Split(BsonValue? value, BsonValue? separator)
    {
        if (value.IsNullish() || separator.IsNullish())
            return BsonNull.Value;
        if (value is not BsonString text)
        {
            throw MongoErrorException.Location(
                40085,
                $"$split requires an expression that evaluates to a string as a first argument, found: {TypeNames.Of(value)}"
            );
        }

        if (separator is not BsonString by)
        {
            throw MongoErrorException.Location(
                40086,
                $"$split requires an expression that evaluates to a string as a second argument, found: {TypeNames.Of(separator)}"
            );
        }

        if (by.Value.Length == 0)
            throw MongoErrorException.Location(40087, "$split requires a non-empty separator");
        return text.Value.AsSpan().Count(by.Value) <= ArrayOperators.MaxElements
            ? new BsonArray(text.Value.Split(by.Value))
            : throw ArrayOperators.TooLong("$split");
    }

    private static BsonValue IndexOf(BsonValue?[] operands, string name, int notString, int tokenNotString, bool bytes)
    {
        if (operands[0].IsNullish())
            return BsonNull.Value;
        if (operands[0] is not BsonString text)
        {
            throw MongoErrorException.Location(
                notString,
                $"{name} requires a string as the first argument, found: {TypeNames.Of(operands[0])}"
            );
        }

        if (operands[1] is not BsonString token)
        {
            throw MongoErrorException.Location(
                tokenNotString,
                $"{name} requires a string as the second argument, found: {TypeNames.Of(operands[1])}"
            );
        }

        var start = operands.Length > 2 ? Bounds.Parse(operands[2], name, "starting") : 0;
        var end = operands.Length > 3 ? Bounds.Parse(operands[3], name, "ending") : int.MaxValue;
        return bytes
            ? IndexOfBytes(Encoding.UTF8.GetBytes(text.Value), Encoding.UTF8.GetBytes(token.Value), start, end)
            : IndexOfCodePoints(text.Value, token.Value, start, end);
    }

    private static int IndexOfBytes(ReadOnlySpan<byte> text, ReadOnlySpan<byte> token, int start, int end)
    {
        end = Math.Min(end, text.Length);
        if (start > end)
            return -1;
        var found = text[start..end].IndexOf(token);
        return found < 0 ? -1 : start + found;
    }

    private static int IndexOfCodePoints(string text, string token, int start, int end)
    {
        var from = Substring.Offset(text, start);
        var to = Substring.Offset(text, end) ?? text.Length;
        if (from is null || from > to)
            return -1;
        var found = text.AsSpan(from.Value, to - from.Value).IndexOf(token, StringComparison.Ordinal);
        return found < 0 ? -1 : start + CodePoints(text.AsSpan(from.Value, found));
    }

    private static string Required(BsonValue? value, string name, int code) =>
        value is BsonString text
            ? text.Value
            : throw MongoErrorException.Location(code, $"{name} requires a string argument, found: {TypeNames.Of(value)}");

    private static string ToLowerAscii(string text) =>
        string.Create(
            text.Length,
            text,
            (span, source) =>
            {
                for (var i = 0; i < span.Length; i++)
                    span[i] = char.IsAsciiLetterUpper(source[i]) ? (char)(source[i] | 0x20) : source[i];
            }
        );

    private static string ToUpperAscii(string text) =>
        string.Create(
            text.Length,
            text,
            (span, source) =>
            {
                for (var i = 0; i < span.Length; i++)
                    span[i] = char.IsAsciiLetterLower(source[i]) ? (char)(source[i] & ~0x20) : source[i];
            }
        );
}
