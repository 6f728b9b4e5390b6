using MovieLms.EmbeddedMongo.Bson;
using MovieLms.EmbeddedMongo.Errors;
using MovieLms.EmbeddedMongo.Storage;

namespace MovieLms.EmbeddedMongo.Commands.Writes;

/// <summary><c>insert</c>: a batch goes into few write batches, each document with its index entries whole or not at all.</summary>
internal sealed class InsertCommand : ICommand
{
    private const long CommitBytes = 8 * 1024 * 1024;

    public IReadOnlyList<string> Names { get; } = ["insert"];

    public void Execute(OperationContext operation)
    {
        var arguments = operation.Arguments;
        arguments.Ignore("documents", "bypassDocumentValidation");
        var ordered = arguments.GetBoolean("ordered", otherwise: true);
        arguments.RefuseUnknown();
        var documents = WriteBatches.Statements(operation, "documents");
        var collection = operation.Server.Catalog.FindOrCreate(operation.Database, operation.CollectionName);
        var errors = new WriteErrors();
        var inserted = 0;
        lock (collection.WriteLock)
        {
            collection = WriteBatches.Current(operation, collection);
            using var unit = new WriteUnit(collection);
            using var prepared = new PooledBuffer();
            errors.Run(documents.Count, ordered, i =>
            {
                operation.CheckInterrupted();
                DocumentPreparation.Prepare(documents[i].Span, prepared);
                unit.Insert(prepared.WrittenSpan);
                inserted++;
                if (unit.PendingBytes > CommitBytes)
                {
                    unit.Commit();
                }
            });
            unit.Commit();
        }

        WriteConcern.Apply(operation);
        operation.Reply.Add("n", inserted);
        errors.WriteTo(operation);
    }
}

/// <summary>What the batch commands share.</summary>
internal static class WriteBatches
{
    /// <summary>The statements of a batch, from a document sequence or the body; 1 to 100,000.</summary>
    public static List<ReadOnlyMemory<byte>> Statements(OperationContext operation, string name)
    {
        var statements = operation.Request.Bulk(name) ?? throw operation.Arguments.Missing(name);
        return statements.Count is > 0 and <= BsonLimits.MaxWriteBatchSize
            ? statements
            : throw new MongoErrorException(MongoErrorCodes.InvalidLength,
                $"Write batch sizes must be between 1 and {BsonLimits.MaxWriteBatchSize}. Got {statements.Count} operations.");
    }

    /// <summary>The collection, or the one made in its place when it was dropped before the lock was taken.</summary>
    public static Collection Current(OperationContext operation, Collection collection) => collection.State.Dropped
        ? throw new MongoErrorException(175, "QueryPlanKilled", $"collection {collection.Namespace} was dropped during the operation")
        : collection;
}
