using MongoDB.Bson.Serialization.Attributes;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Identity;

/// <summary>Secrets that the product made for itself once, encrypted by Data Protection, by name.</summary>
public sealed class ServerSecretStore(IMongoDatabase database)
{
    private readonly IMongoCollection<SecretDocument> _secrets = database.GetCollection<SecretDocument>(CollectionNames.ServerSecrets);

    /// <summary>The stored secret; the given one is stored when there is none, and of several replicas the first wins.</summary>
    public async Task<string> GetOrAddAsync(string name, Func<string> create, CancellationToken cancellationToken)
    {
        if (await _secrets.Find(secret => secret.Name == name).FirstOrDefaultAsync(cancellationToken) is { } known)
            return known.ProtectedValue;
        try
        {
            var made = new SecretDocument { Name = name, ProtectedValue = create() };
            await _secrets.InsertOneAsync(made, cancellationToken: cancellationToken);
            return made.ProtectedValue;
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
