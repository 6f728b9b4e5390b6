using System.Diagnostics.CodeAnalysis;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions;

/// <summary>Missing, null and the deprecated undefined, for which most operators return null.</summary>
internal static class Nullish
{
    public static bool IsNullish([NotNullWhen(false)] this BsonValue? value) => value is null or BsonNull or BsonUndefined;
}
