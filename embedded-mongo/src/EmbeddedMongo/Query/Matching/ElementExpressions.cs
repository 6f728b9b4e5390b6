using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Query.Matching;

/// <summary><c>{$exists: true}</c>. <c>{$exists: false}</c> is parsed as its negation.</summary>
internal sealed class ExistsExpression(BsonPath path) : PathExpression(path)
{
    public override bool MatchesElement(BsonValue? value, MatchDetails? details) => value is not null;
}

/// <summary><c>$type</c>: matches values of any of the types. An array matches as an array and through its elements.</summary>
internal sealed class TypeExpression(BsonPath path, BsonType[] types) : PathExpression(path)
{
    public BsonType[] Types { get; } = types;

    public override bool MatchesElement(BsonValue? value, MatchDetails? details) =>
        value is not null && Array.IndexOf(Types, value.BsonType) >= 0;
}

/// <summary><c>$mod</c>: matches numbers whose truncated value has the remainder. Signs follow C: -5 mod 3 is -2.</summary>
internal sealed class ModExpression(BsonPath path, long divisor, long remainder) : PathExpression(path)
{
    public override bool MatchesElement(BsonValue? value, MatchDetails? details)
    {
        long dividend;
        switch (value)
        {
            case BsonInt32 number:
                dividend = number.Value;
                break;
            case BsonInt64 number:
                dividend = number.Value;
                break;
            case BsonDouble { Value: > -9223372036854775809d and < 9223372036854775808d } number:
                dividend = (long)number.Value;
                break;
            case BsonDecimal128 number when DecimalParts.Of(number.Value).TryTruncateToInt64(out var whole):
                dividend = whole;
                break;
            default:
                return false;
        }

        // long.MinValue % -1 overflows in hardware; the remainder is 0.
        return (divisor == -1 ? 0 : dividend % divisor) == remainder;
    }
}
