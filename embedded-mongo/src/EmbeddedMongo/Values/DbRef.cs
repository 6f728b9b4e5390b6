namespace EmbeddedMongo.Values;

/// <summary>
/// The fields of a DBRef, the only names in a path that may start with a dollar sign
/// (https://www.mongodb.com/docs/manual/reference/database-references/).
/// </summary>
internal static class DbRef
{
    public static bool IsField(string name) => name is "$ref" or "$id" or "$db";
}
