using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Driver;

namespace MovieLms.AppHost.Commands;

/// <summary>
/// Writes a database in the directory format of mongodump (https://www.mongodb.com/docs/database-tools/mongodump/): per collection, a
/// file of BSON documents and a file of index definitions.
/// </summary>
internal static class DatabaseBackup
{
    private static readonly JsonWriterSettings ExtendedJson = new() { OutputMode = JsonOutputMode.CanonicalExtendedJson };

    /// <summary>
    /// Writes the backup and returns the number of documents. The folder gets its final name after everything is written, so that a
    /// partial backup is never mistaken for a complete one.
    /// </summary>
    internal static async Task<long> WriteAsync(IMongoDatabase database, string folder, CancellationToken cancellationToken)
    {
        var partial = folder + ".partial";
        var target = Directory.CreateDirectory(Path.Combine(partial, database.DatabaseNamespace.DatabaseName)).FullName;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(partial, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            long documents = 0;
            foreach (
                var name in await (await database.ListCollectionNamesAsync(cancellationToken: cancellationToken)).ToListAsync(
                    cancellationToken
                )
            )
            {
                var collection = database.GetCollection<RawBsonDocument>(name);
                documents += await WriteDocumentsAsync(collection, Path.Combine(target, name + ".bson"), cancellationToken);
                await WriteIndexesAsync(collection, Path.Combine(target, name + ".metadata.json"), cancellationToken);
            }
            Directory.Move(partial, folder);
            return documents;
        }
        catch
        {
            Directory.Delete(partial, recursive: true);
            throw;
        }
    }

    private static async Task<long> WriteDocumentsAsync(
        IMongoCollection<RawBsonDocument> collection,
        string path,
        CancellationToken cancellationToken
    )
    {
        await using var file = File.Create(path);
        using var cursor = await collection.FindAsync(FilterDefinition<RawBsonDocument>.Empty, cancellationToken: cancellationToken);
        long count = 0;
        while (await cursor.MoveNextAsync(cancellationToken))
        {
            foreach (var document in cursor.Current)
            {
                using (document)
                    await file.WriteAsync(document.ToBson(), cancellationToken);
                count++;
            }
        }
        return count;
    }

    private static async Task WriteIndexesAsync(
        IMongoCollection<RawBsonDocument> collection,
        string path,
        CancellationToken cancellationToken
    )
    {
        using var cursor = await collection.Indexes.ListAsync(cancellationToken);
        var indexes = await cursor.ToListAsync(cancellationToken);
        var metadata = new BsonDocument
        {
            ["options"] = new BsonDocument(),
            ["indexes"] = new BsonArray(indexes),
            ["collectionName"] = collection.CollectionNamespace.CollectionName,
            ["type"] = "collection",
        };
        await File.WriteAllTextAsync(path, metadata.ToJson(ExtendedJson), cancellationToken);
    }
}
