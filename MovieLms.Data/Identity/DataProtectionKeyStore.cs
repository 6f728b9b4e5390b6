using MongoDB.Bson.Serialization.Attributes;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Identity;

/// <summary>An ASP.NET Core Data Protection key ring that replicas share through the database.</summary>
public sealed class DataProtectionKeyStore(IMongoDatabase database)
{
    private readonly IMongoCollection<KeyDocument> _keys = database.GetCollection<KeyDocument>(CollectionNames.DataProtectionKeys);

    /// <summary>Returns all keys as XML. Synchronous because Data Protection's interface is.</summary>
    public IReadOnlyList<string> List() => [.. _keys.Find(_ => true).ToList().Select(key => key.Xml)];

    /// <summary>Stores a key under its name.</summary>
    public void Add(string name, string xml) =>
        _keys.ReplaceOne(key => key.Name == name, new KeyDocument { Name = name, Xml = xml }, new ReplaceOptions { IsUpsert = true });

    private sealed record KeyDocument
    {
        [BsonId]
        public required string Name { get; init; }
        public required string Xml { get; init; }
    }
}
