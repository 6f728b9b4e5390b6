using EmbeddedMongo.Commands.Writes;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Storage;
using RocksDbSharp;

namespace EmbeddedMongo.Commands.Schema;

/// <summary>
/// <c>convertToCapped</c>: keeps the newest documents that fit, and the _id index only, as in MongoDB. The collection is not copied.
/// </summary>
internal sealed class ConvertToCappedCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["convertToCapped"];

    public void Execute(OperationContext operation)
    {
        var arguments = operation.Arguments;
        var size = arguments.GetInt64("size") ?? 0;

        // Like MongoDB, ignores a limit on the number of documents, which collMod can set.
        arguments.Ignore("max");
        arguments.RefuseUnknown();
        if (size <= 0)
            throw new MongoErrorException(MongoErrorCodes.InvalidOptions, "Capped collection size must be greater than zero");

        var limits = new CappedLimits(CappedLimits.CheckSize("size", size), Max: null);
        if (!WriteBatches.RunLocked(operation, create: false, collection => Convert(collection, limits)))
        {
            throw new MongoErrorException(
                MongoErrorCodes.NamespaceNotFound,
                $"source collection {operation.Database}.{operation.CollectionName} does not exist"
            );
        }
    }

    private static void Convert(Collection collection, CappedLimits limits)
    {
        var before = collection.State;
        var state = new CollectionState([before.IdIndex], limits.ApplyTo(before.Options));
        collection.Publish(state);
        using (var batch = new WriteBatch())
        {
            Catalog.Write(batch, collection, state);
            foreach (var index in before.Indexes.Skip(1))
                Catalog.DeletePrefix(batch, 'i', index.Id);

            collection.Engine.Write(batch);
        }

        using var unit = new WriteUnit(collection);
        unit.RemoveOldest(limits, added: null);
        unit.Commit();
    }
}
