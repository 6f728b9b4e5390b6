using EmbeddedMongo.Query;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions;

/// <summary>The aliases of BSON types as MongoDB's messages and $type give them; "missing" for a field that is not there.</summary>
internal static class TypeNames
{
    public static string Of(BsonValue? value) => value is null ? "missing" : TypeOperand.AliasOf(value.BsonType);
}
