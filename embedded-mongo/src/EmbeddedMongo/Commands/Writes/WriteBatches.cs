using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Storage;

namespace EmbeddedMongo.Commands.Writes;

/// <summary>Helpers of the write commands.</summary>
internal static class WriteBatches
{
    /// <summary>Returns the 1 to 100,000 statements of a batch, from a document sequence or the body.</summary>
    public static List<ReadOnlyMemory<byte>> GetStatements(OperationContext operation, string name)
    {
        var statements = operation.Request.Bulk(name) ?? throw operation.Arguments.Missing(name);
        return statements.Count is > 0 and <= BsonLimits.MaxWriteBatchSize
            ? statements
            : throw new MongoErrorException(
                MongoErrorCodes.InvalidLength,
                $"Write batch sizes must be between 1 and {BsonLimits.MaxWriteBatchSize}. Got {statements.Count} operations."
            );
    }

    /// <summary>
    /// Runs a write while holding the collection's lock. Looks the collection up again if it was dropped or renamed in the meantime.
    /// Returns false if the collection does not exist and <paramref name="create"/> is false.
    /// </summary>
    public static bool RunLocked(OperationContext operation, bool create, Action<Collection> write) =>
        RunLocked(operation.Server.Catalog, operation.Database, operation.CollectionName, create, write);

    /// <summary>Runs a write to a given collection.</summary>
    public static bool RunLocked(Catalog catalog, string database, string name, bool create, Action<Collection> write)
    {
        while ((create ? catalog.FindOrCreate(database, name) : catalog.Find(database, name)) is { } collection)
        {
            lock (collection.WriteLock)
            {
                if (!collection.State.Dropped)
                {
                    write(collection);
                    return true;
                }
            }
        }

        return false;
    }
}
