using EmbeddedMongo.Expressions.Numerics;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>$type and $isNumber; conversions are in <see cref="ConversionOperators"/>.</summary>
internal static class TypeOperators
{
    public static void AddTo(OperatorTable table)
    {
        table.Unary("$type", v => TypeNames.Of(v));
        table.Unary("$isNumber", v => Numbers.IsNumeric(v) ? BsonBoolean.True : BsonBoolean.False);
    }
}
