using EmbeddedMongo.Bson;
using EmbeddedMongo.Storage;

namespace EmbeddedMongo.Commands.Writes;

/// <summary><c>insert</c>: writes documents in a few large write batches. Each document is atomic with its index entries.</summary>
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
        var documents = WriteBatches.GetStatements(operation, "documents");
        var errors = new WriteErrors();
        var inserted = 0;
        WriteBatches.RunLocked(
            operation,
            create: true,
            collection =>
            {
                using var unit = new WriteUnit(collection);
                using var prepared = new PooledBuffer();
                errors.Run(
                    documents.Count,
                    ordered,
                    i =>
                    {
                        operation.CheckInterrupted();
                        DocumentPreparation.Prepare(documents[i].Span, prepared);
                        unit.Insert(prepared.WrittenSpan);
                        inserted++;
                        if (unit.PendingBytes > CommitBytes)
                            unit.Commit();
                    }
                );
                unit.Commit();
            }
        );
        WriteConcern.Apply(operation);
        operation.Reply.Add("n", inserted);
        errors.WriteTo(operation);
    }
}
