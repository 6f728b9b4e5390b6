using MongoDB.Bson;

namespace EmbeddedMongo.Values;

/// <summary>
/// Truth values in aggregation and <c>$expr</c> (manual: "Aggregation Boolean Expressions"). Everything is true except false, zero,
/// null, undefined and missing values.
/// </summary>
internal static class Truthiness
{
    public static bool IsTrue(BsonValue? value) =>
        value switch
        {
            null => false,
            BsonBoolean flag => flag.Value,
            BsonInt32 number => number.Value != 0,
            BsonInt64 number => number.Value != 0,
            BsonDouble number => number.Value != 0,
            BsonDecimal128 number => !DecimalParts.Of(number.Value).IsZero,
            BsonNull or BsonUndefined => false,
            _ => true,
        };
}
