using System.Text;
using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>$trim, $ltrim and $rtrim, which remove whitespace or any of the given characters.</summary>
internal static class TrimOperators
{
    /// <summary>The characters that the manual lists under "Whitespace Characters" of $trim.</summary>
    private static readonly HashSet<Rune> Whitespace =
    [
        .. "\0\t\n\v\f\r \u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A".EnumerateRunes(),
    ];

    public static void AddTo(OperatorTable table)
    {
        Add(table, "$trim", left: true, right: true);
        Add(table, "$ltrim", left: true, right: false);
        Add(table, "$rtrim", left: false, right: true);
    }

    private static void Add(OperatorTable table, string name, bool left, bool right)
    {
        var arguments = new NamedArguments(name, ["input", "chars"], 1, 50696, 50694, 50695);
        table.Custom(
            name,
            (_, argument, scope) =>
            {
                var operands = arguments.Parse(argument, scope);
                return new VariadicExpression(operands, values => Trim(name, values, operands[1] is not null, left, right));
            }
        );
    }

    private static BsonValue Trim(string name, BsonValue?[] values, bool hasChars, bool left, bool right)
    {
        if (values[0].IsNullish())
            return BsonNull.Value;
        if (values[0] is not BsonString text)
        {
            throw MongoErrorException.Location(
                50699,
                $"{name} requires its input to be a string, got {values[0]} (of type {TypeNames.Of(values[0])}) instead."
            );
        }

        var set = Whitespace;
        if (hasChars)
        {
            if (values[1].IsNullish())
                return BsonNull.Value;
            set = values[1] is BsonString chars
                ? [.. chars.Value.EnumerateRunes()]
                : throw MongoErrorException.Location(
                    50700,
                    $"{name} requires 'chars' to be a string, got {values[1]} (of type {TypeNames.Of(values[1])}) instead."
                );
        }
        var rest = text.Value.AsSpan();
        while (
            left && Rune.DecodeFromUtf16(rest, out var first, out var length) == System.Buffers.OperationStatus.Done && set.Contains(first)
        )
        {
            rest = rest[length..];
        }

        while (
            right
            && Rune.DecodeLastFromUtf16(rest, out var last, out var length) == System.Buffers.OperationStatus.Done
            && set.Contains(last)
        )
        {
            rest = rest[..^length];
        }

        return rest.ToString();
    }
}
