using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Storage;

namespace EmbeddedMongo.Commands.Writes;

/// <summary>What the write commands share.</summary>
internal static class WriteBatches
{
    /// <summary>The statements of a batch, from a document sequence or the body; 1 to 100,000.</summary>
    public static List<ReadOnlyMemory<byte>> Statements(OperationContext operation, string name)
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
    /// Runs a write with the collection's lock held. One that was dropped or renamed while waiting for the lock is looked up again.
    /// Does nothing when there is no collection and none is to be made.
    /// </summary>
    public static void Locked(OperationContext operation, bool create, Action<Collection> write)
    {
        var catalog = operation.Server.Catalog;
        while (
            (
                create
                    ? catalog.FindOrCreate(operation.Database, operation.CollectionName)
                    : catalog.Find(operation.Database, operation.CollectionName)
            )
                is { } collection
        )
        {
            lock (collection.WriteLock)
            {
                if (!collection.State.Dropped)
                {
                    write(collection);
                    return;
                }
            }
        }
    }
}
