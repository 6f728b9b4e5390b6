using MongoDB.Driver;

namespace MovieLms.Bench.Measuring;

/// <summary>Databases of the server named by <c>MOVIELMS_TEST_MONGODB</c>, to be measured instead of the embedded one.</summary>
internal static class ExternalMongo
{
    /// <summary>Returns the connection string of a new database; null if no server is named.</summary>
    internal static string? Create() =>
        Environment.GetEnvironmentVariable("MOVIELMS_TEST_MONGODB") is { Length: > 0 } server
            ? new MongoUrlBuilder(server) { DatabaseName = CreateName() }.ToString()
            : null;

    /// <summary>Returns a unique name for a database or a prefix.</summary>
    internal static string CreateName() => $"bench_{Guid.NewGuid():N}"[..20];

    /// <summary>Drops a database, and others whose names are its name with a suffix. Does nothing for null.</summary>
    internal static async Task DropAsync(string? connection, params string[] suffixes)
    {
        if (connection is null)
            return;
        var url = MongoUrl.Create(connection);
        using var mongo = new MongoClient(url);
        foreach (var suffix in suffixes.Prepend(""))
            await mongo.DropDatabaseAsync(url.DatabaseName + suffix);
    }
}
