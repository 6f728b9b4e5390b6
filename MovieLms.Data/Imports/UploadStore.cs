using MongoDB.Bson;
using MongoDB.Driver;
using MongoDB.Driver.GridFS;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Imports;

/// <summary>Uploaded files and finished reports in GridFS: the copy that must survive.</summary>
public sealed class UploadStore(IMongoDatabase database)
{
    /// <summary>Bytes a GridFS chunk; the staged copy is cut alike.</summary>
    public const int ChunkSize = 512 * 1024;

    private readonly GridFSBucket _bucket = new(
        database,
        new GridFSBucketOptions { BucketName = CollectionNames.Files, ChunkSizeBytes = ChunkSize }
    );
    private readonly IMongoCollection<BsonDocument> _chunks = database.GetCollection<BsonDocument>($"{CollectionNames.Files}.chunks");
    private readonly IMongoCollection<BsonDocument> _files = database.GetCollection<BsonDocument>($"{CollectionNames.Files}.files");

    /// <summary>A stream that keeps what is written to it; the file exists when it was closed, and not when it was aborted.</summary>
    /// <param name="id">The file's id, given by the caller so that it can be swept.</param>
    /// <param name="name">For display.</param>
    /// <param name="cancellationToken">The request's.</param>
    public async Task<GridFSUploadStream<ObjectId>> CreateAsync(ObjectId id, string name, CancellationToken cancellationToken) =>
        // The driver gathers a batch of chunks before it sends them: two keep an upload's memory at a megabyte.
        await _bucket.OpenUploadStreamAsync(id, name, new GridFSUploadOptions { BatchSize = 2 }, cancellationToken);

    /// <summary>Keeps a file, in place of an earlier one of this id.</summary>
    public async Task ReplaceAsync(ObjectId id, string name, byte[] content, CancellationToken cancellationToken)
    {
        await DeleteAsync(id, cancellationToken);
        await _bucket.UploadFromBytesAsync(id, name, content, cancellationToken: cancellationToken);
    }

    /// <summary>Opens a kept file at its beginning; it can seek.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public async Task<Stream> OpenAsync(ObjectId id, CancellationToken cancellationToken)
    {
        try
        {
            return await _bucket.OpenDownloadStreamAsync(id, new GridFSDownloadOptions { Seekable = true }, cancellationToken);
        }
        catch (GridFSFileNotFoundException e)
        {
            throw new FileNotFoundException("The file is not there any more.", e);
        }
    }

    /// <summary>Opens a kept file; null when there is none.</summary>
    public async Task<Stream?> TryOpenAsync(ObjectId id, CancellationToken cancellationToken)
    {
        try
        {
            return await OpenAsync(id, cancellationToken);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Removes a file, whole or cut short; nothing happens when there is none.</summary>
    public async Task DeleteAsync(ObjectId id, CancellationToken cancellationToken)
    {
        // Not GridFSBucket.DeleteAsync: it throws when the files entry is missing, and an upload that was cut short has only chunks.
        await _files.DeleteOneAsync(new BsonDocument("_id", id), cancellationToken);
        await _chunks.DeleteManyAsync(new BsonDocument("files_id", id), cancellationToken);
    }
}
