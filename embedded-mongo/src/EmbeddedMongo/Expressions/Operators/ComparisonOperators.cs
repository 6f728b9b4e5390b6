using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>$eq, $ne, $gt, $gte, $lt, $lte and $cmp. They compare by BSON order across types; missing sorts below null.</summary>
internal static class ComparisonOperators
{
    public static void AddTo(OperatorTable table)
    {
        table.Binary("$eq", (a, b) => Bool(BsonOrder.Compare(a, b) == 0));
        table.Binary("$ne", (a, b) => Bool(BsonOrder.Compare(a, b) != 0));
        table.Binary("$gt", (a, b) => Bool(BsonOrder.Compare(a, b) > 0));
        table.Binary("$gte", (a, b) => Bool(BsonOrder.Compare(a, b) >= 0));
        table.Binary("$lt", (a, b) => Bool(BsonOrder.Compare(a, b) < 0));
        table.Binary("$lte", (a, b) => Bool(BsonOrder.Compare(a, b) <= 0));
        table.Binary("$cmp", (a, b) => (BsonValue)Math.Sign(BsonOrder.Compare(a, b)));
    }

    private static BsonBoolean Bool(bool value) => value ? BsonBoolean.True : BsonBoolean.False;
}
