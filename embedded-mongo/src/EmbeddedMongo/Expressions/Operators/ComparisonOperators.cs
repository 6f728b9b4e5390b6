using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>$eq, $ne, $gt, $gte, $lt, $lte and $cmp. They compare by BSON order across types; missing sorts below null.</summary>
internal static class ComparisonOperators
{
    public static void AddTo(OperatorTable table)
    {
        table.Collated("$eq", collation => (a, b) => Bool(Collation.Compare(collation, a, b) == 0));
        table.Collated("$ne", collation => (a, b) => Bool(Collation.Compare(collation, a, b) != 0));
        table.Collated("$gt", collation => (a, b) => Bool(Collation.Compare(collation, a, b) > 0));
        table.Collated("$gte", collation => (a, b) => Bool(Collation.Compare(collation, a, b) >= 0));
        table.Collated("$lt", collation => (a, b) => Bool(Collation.Compare(collation, a, b) < 0));
        table.Collated("$lte", collation => (a, b) => Bool(Collation.Compare(collation, a, b) <= 0));
        table.Collated("$cmp", collation => (a, b) => (BsonValue)Math.Sign(Collation.Compare(collation, a, b)));
    }

    private static BsonBoolean Bool(bool value) => value ? BsonBoolean.True : BsonBoolean.False;
}
