using System.Text;
using EmbeddedMongo.Errors;

namespace EmbeddedMongo.Storage;

/// <summary>
/// Checks names of databases and collections (manual: "Naming Restrictions"). Invalid names fail with 73 InvalidNamespace.
/// </summary>
internal static class Namespaces
{
    private const int MaxDatabaseLength = 63;
    private const int MaxNamespaceLength = 255;

    public static void CheckDatabase(string database)
    {
        if (
            database.Length == 0
            || Encoding.UTF8.GetByteCount(database) > MaxDatabaseLength
            || database.AsSpan().IndexOfAny("/\\. \"$\0") >= 0
        )
        {
            throw Invalid($"Invalid database name: '{database}'");
        }
    }

    public static void Check(string database, string collection)
    {
        CheckDatabase(database);
        if (collection.Length == 0 || collection.StartsWith('.') || collection.EndsWith('.') || collection.AsSpan().IndexOfAny("$\0") >= 0)
        {
            throw Invalid($"Invalid namespace specified '{database}.{collection}'");
        }

        if (collection.StartsWith("system.", StringComparison.Ordinal))
            throw Invalid($"Invalid system namespace: {database}.{collection}");

        if (Encoding.UTF8.GetByteCount(database) + Encoding.UTF8.GetByteCount(collection) + 1 > MaxNamespaceLength)
            throw Invalid($"Fully qualified namespace is too long. Max: {MaxNamespaceLength}");
    }

    private static MongoErrorException Invalid(string message) => new(MongoErrorCodes.InvalidNamespace, message);
}
