using MongoDB.Bson.Serialization.Attributes;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Identity;

/// <summary>A key that signs access tokens.</summary>
public sealed record SigningKeyDocument
{
    /// <summary>The key's RFC 7638 thumbprint.</summary>
    [BsonId]
    public required string KeyId { get; init; }

    /// <summary>1, 2, 3 …; unique, so that only one of several replicas adds the next key.</summary>
    public required int Sequence { get; init; }

    /// <summary>PKCS #8, encrypted by Data Protection.</summary>
    public required string ProtectedPrivateKey { get; init; }

    /// <summary>When it starts to sign. It is published as soon as it is created.</summary>
    public required DateTimeOffset ActiveFrom { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Generated signing keys.</summary>
public sealed class SigningKeyStore(IMongoDatabase database) : IIndexedStore
{
    private const string SequenceIndex = "sequence_unique";
    private const int MaxKeys = 3;
    private readonly IMongoCollection<SigningKeyDocument> _keys = database.GetCollection<SigningKeyDocument>(CollectionNames.SigningKeys);

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(
            _keys,
            [
                new CreateIndexModel<SigningKeyDocument>(
                    Builders<SigningKeyDocument>.IndexKeys.Descending(key => key.Sequence),
                    new() { Name = SequenceIndex, Unique = true }
                ),
            ],
            cancellationToken
        );

    /// <summary>Returns the three newest keys, newest first. Uses the index <c>sequence_unique</c>.</summary>
    public async Task<IReadOnlyList<SigningKeyDocument>> ListAsync(CancellationToken cancellationToken) =>
        await _keys.Find(_ => true).SortByDescending(key => key.Sequence).Limit(MaxKeys).ToListAsync(cancellationToken);

    /// <summary>Adds a key.</summary>
    /// <returns>False if another replica has already added a key with this sequence number.</returns>
    public Task<bool> TryAddAsync(SigningKeyDocument key, CancellationToken cancellationToken) =>
        _keys.TryInsertAsync(key, cancellationToken);
}
