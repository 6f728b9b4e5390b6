using EmbeddedMongo.Query;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions;

/// <summary>The aliases of BSON types in MongoDB's messages and in $type, with "missing" for an absent field.</summary>
internal static class TypeNames
{
    public static string Of(BsonValue? value) => value is null ? "missing" : TypeOperand.AliasOf(value.BsonType);
}
