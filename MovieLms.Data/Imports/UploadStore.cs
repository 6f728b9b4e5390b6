using MongoDB.Bson;
using MongoDB.Driver;
using MongoDB.Driver.GridFS;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Imports;

/// <summary>Uploaded files and finished reports in GridFS, the durable copy.</summary>
public sealed class UploadStore(IMongoDatabase database)
{
    /// <summary>Size of a GridFS chunk in bytes. The staged copy uses the same size.</summary>
    public const int ChunkSize = 512 * 1024;

    private readonly GridFSBucket _bucket = new(
        database,
        new GridFSBucketOptions { BucketName = CollectionNames.Files, ChunkSizeBytes = ChunkSize }
    );
    private readonly IMongoCollection<BsonDocument> _chunks = database.GetCollection<BsonDocument>($"{CollectionNames.Files}.chunks");
    private readonly IMongoCollection<BsonDocument> _files = database.GetCollection<BsonDocument>($"{CollectionNames.Files}.files");

    /// <summary>Opens a stream that stores a file. The file exists once the stream is closed, unless the stream is aborted.</summary>
    /// <param name="id">The file's ID, which the caller chooses so that a sweep can find the file.</param>
    /// <param name="name">The display name.</param>
    /// <param name="cancellationToken">Cancels the upload.</param>
    public async Task<GridFSUploadStream<ObjectId>> CreateAsync(ObjectId id, string name, CancellationToken cancellationToken) =>
        // The driver buffers a batch of chunks before it sends them. A batch of two limits the memory of an upload to 1 MB.
        await _bucket.OpenUploadStreamAsync(id, name, new GridFSUploadOptions { BatchSize = 2 }, cancellationToken);

    /// <summary>Stores a file and replaces an earlier one with the same ID.</summary>
    public async Task ReplaceAsync(ObjectId id, string name, byte[] content, CancellationToken cancellationToken)
    {
        await DeleteAsync(id, cancellationToken);
        await _bucket.UploadFromBytesAsync(id, name, content, cancellationToken: cancellationToken);
    }

    /// <summary>Opens a stored file for reading. The stream can seek.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    public async Task<Stream> OpenAsync(ObjectId id, CancellationToken cancellationToken)
    {
        try
        {
            return await _bucket.OpenDownloadStreamAsync(id, new GridFSDownloadOptions { Seekable = true }, cancellationToken);
        }
        catch (GridFSFileNotFoundException e)
        {
            throw new FileNotFoundException("The file no longer exists.", e);
        }
    }

    /// <summary>Opens a stored file, or returns null if it does not exist.</summary>
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

    /// <summary>Removes a complete or incomplete file. Does nothing if it does not exist.</summary>
    public async Task DeleteAsync(ObjectId id, CancellationToken cancellationToken)
    {
        // Not GridFSBucket.DeleteAsync, which throws if the files entry is missing: an interrupted upload has only chunks.
        await _files.DeleteOneAsync(new BsonDocument("_id", id), cancellationToken);
        await _chunks.DeleteManyAsync(new BsonDocument("files_id", id), cancellationToken);
    }
}
