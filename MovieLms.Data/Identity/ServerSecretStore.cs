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
        var created = new SecretDocument { Name = name, ProtectedValue = create() };
        return await _secrets.TryInsertAsync(created, cancellationToken)
            ? created.ProtectedValue
            : (await _secrets.Find(secret => secret.Name == name).FirstAsync(cancellationToken)).ProtectedValue;
    }

    private sealed record SecretDocument
    {
        [BsonId]
        public required string Name { get; init; }
        public required string ProtectedValue { get; init; }
    }
}
