using MongoDB.Bson;
using MongoDB.Driver;

namespace MovieLms.Data.Storage;

/// <summary>Short forms to declare indexes next to the queries that they serve.</summary>
internal static class Indexes
{
    /// <summary>Returns an index on <paramref name="keys"/>. A leading minus means descending.</summary>
    internal static CreateIndexModel<T> On<T>(string name, params string[] keys) => Create<T>(name, unique: false, keys);

    /// <summary>Returns a unique index on <paramref name="keys"/>. A leading minus means descending.</summary>
    internal static CreateIndexModel<T> Unique<T>(string name, params string[] keys) => Create<T>(name, unique: true, keys);

    private static CreateIndexModel<T> Create<T>(string name, bool unique, string[] keys)
    {
        var document = new BsonDocument();
        foreach (var key in keys)
            document.Add(key.TrimStart('-'), key[0] == '-' ? -1 : 1);
        return new CreateIndexModel<T>(document, new CreateIndexOptions { Name = name, Unique = unique ? true : null });
    }
}
