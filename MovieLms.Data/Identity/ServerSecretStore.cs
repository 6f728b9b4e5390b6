using MongoDB.Bson.Serialization.Attributes;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Identity;

/// <summary>Generated secrets by name, encrypted by Data Protection.</summary>
public sealed class ServerSecretStore(IMongoDatabase database)
{
    private readonly IMongoCollection<SecretDocument> _secrets = database.GetCollection<SecretDocument>(CollectionNames.ServerSecrets);

    /// <summary>Returns the stored secret, or creates it. If several replicas create it, the first one wins.</summary>
    public async Task<string> GetOrAddAsync(string name, Func<string> create, CancellationToken cancellationToken)
    {
        if (await _secrets.Find(secret => secret.Name == name).FirstOrDefaultAsync(cancellationToken) is { } stored)
            return stored.ProtectedValue;
        try
        {
            var created = new SecretDocument { Name = name, ProtectedValue = create() };
            await _secrets.InsertOneAsync(created, cancellationToken: cancellationToken);
            return created.ProtectedValue;
        }
        catch (MongoWriteException e) when (e.WriteError?.Category == ServerErrorCategory.DuplicateKey)
        {
            return (await _secrets.Find(secret => secret.Name == name).FirstAsync(cancellationToken)).ProtectedValue;
        }
    }

    private sealed record SecretDocument
    {
        [BsonId]
        public required string Name { get; init; }
        public required string ProtectedValue { get; init; }
    }
}
