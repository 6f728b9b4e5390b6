using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Imports;
using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Images;

/// <summary>What an image belongs to: a user or a movie.</summary>
public readonly record struct ImageOwner
{
    private ImageOwner(string field, ObjectId id) => (Field, Id) = (field, id);

    internal string Field { get; }

    internal ObjectId Id { get; }

    /// <summary>The avatar of a user.</summary>
    public static ImageOwner User(ObjectId id) => new(ImageEntity.UserId, id);

    /// <summary>The poster of a movie.</summary>
    public static ImageOwner Movie(ObjectId id) => new(ImageEntity.MovieId, id);
}

/// <summary>
/// Stores images, at most one per owner. The new file is stored before the document, and the old one is removed after it, so a crash leaves
/// at most a file without a document, which the Worker's sweep removes.
/// </summary>
public sealed class ImageStore(IMongoDatabase database, UploadStore files, TimeProvider time) : IIndexedStore
{
    private static readonly FindOneAndUpdateOptions<ImageDocument> Before = new() { ReturnDocument = ReturnDocument.Before };
    private readonly IMongoCollection<ImageDocument> _images = database.GetCollection<ImageDocument>(ImageEntity.Collection);

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(_images, [UniqueFor(ImageEntity.UserId), UniqueFor(ImageEntity.MovieId), FileIndex], cancellationToken);

    /// <summary>Returns an owner's image; null if there is none, or its owner is deleted or archived.</summary>
    public async Task<ImageDocument?> FindAsync(ImageOwner owner, CancellationToken cancellationToken) =>
        await _images.Find(Live(owner)).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Opens the content of an image; null if it was replaced in the meantime.</summary>
    public Task<Stream?> OpenAsync(ImageDocument image, CancellationToken cancellationToken) =>
        files.TryOpenAsync(image.FileId, cancellationToken);

    /// <summary>Stores an image and replaces an earlier one.</summary>
    public async Task PutAsync(ImageOwner owner, byte[] content, CancellationToken cancellationToken)
    {
        var fileId = ObjectId.GenerateNewId();
        await files.ReplaceAsync(fileId, "image.jpg", content, cancellationToken);
        var update = Builders<ImageDocument>
            .Update.Set(image => image.FileId, fileId)
            .Set(image => image.UpdatedAt, time.GetUtcNow())
            .Inc(image => image.Version, 1);
        var before = await _images.FindOneAndUpdateAsync(Of(owner), update, Before, CancellationToken.None);
        // A concurrent upload may insert the document first.
        if (before is null && !await _images.TryUpsertAsync(Of(owner), update, CancellationToken.None))
            before = await _images.FindOneAndUpdateAsync(Of(owner), update, Before, CancellationToken.None);
        if (before is not null)
            await files.DeleteAsync(before.FileId, CancellationToken.None);
    }

    /// <summary>Removes an image.</summary>
    /// <returns>False if there is none.</returns>
    public async Task<bool> DeleteAsync(ImageOwner owner, CancellationToken cancellationToken)
    {
        if (await _images.FindOneAndDeleteAsync(Live(owner), cancellationToken: cancellationToken) is not { } image)
            return false;
        await files.DeleteAsync(image.FileId, CancellationToken.None);
        return true;
    }

    /// <summary>Serves the sweep of files that no document refers to.</summary>
    private static CreateIndexModel<ImageDocument> FileIndex => Indexes.On<ImageDocument>("fileId", ImageEntity.FileId);

    private static CreateIndexModel<ImageDocument> UniqueFor(string field) =>
        new(
            new BsonDocument(field, 1),
            new CreateIndexOptions<ImageDocument>
            {
                Name = $"{field}_unique",
                Unique = true,
                PartialFilterExpression = new BsonDocument(field, new BsonDocument("$exists", true)),
            }
        );

    private static BsonDocument Of(ImageOwner owner) => new(owner.Field, owner.Id);

    private static BsonDocument Live(ImageOwner owner) => Lifecycle.Live().Add(owner.Field, owner.Id);
}
