using MongoDB.Bson;
using MongoDB.Driver;

namespace MovieLms.Data.Storage;

/// <summary>Short forms for declaring indexes beside the queries they serve.</summary>
internal static class Indexes
{
    /// <summary>An index over <paramref name="keys"/>; a leading minus means descending.</summary>
    internal static CreateIndexModel<T> On<T>(string name, params string[] keys) => Create<T>(name, unique: false, keys);

    /// <summary>The same, and no two documents may hold the same values.</summary>
    internal static CreateIndexModel<T> Unique<T>(string name, params string[] keys) => Create<T>(name, unique: true, keys);

    private static CreateIndexModel<T> Create<T>(string name, bool unique, string[] keys)
    {
        var document = new BsonDocument();
        foreach (var key in keys)
            document.Add(key.TrimStart('-'), key[0] == '-' ? -1 : 1);
        return new CreateIndexModel<T>(document, new CreateIndexOptions { Name = name, Unique = unique ? true : null });
    }
}
