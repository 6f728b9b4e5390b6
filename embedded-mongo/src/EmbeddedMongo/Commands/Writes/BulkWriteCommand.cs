using EmbeddedMongo.Bson;
using EmbeddedMongo.Cursors;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Planning;
using EmbeddedMongo.Storage;

namespace EmbeddedMongo.Commands.Writes;

/// <summary>
/// <c>bulkWrite</c> of MongoDB 8: inserts, updates and deletes in several collections. The results are documents of a cursor.
/// </summary>
internal sealed class BulkWriteCommand : ICommand
{
    private const string ResultNamespace = "admin.$cmd.bulkWrite";

    /// <summary>After this many operations, other writers get their turn.</summary>
    private const int OperationsPerTurn = 1_000;

    private const long CommitBytes = 4 * 1024 * 1024;

    public IReadOnlyList<string> Names { get; } = ["bulkWrite"];

    public void Execute(OperationContext operation)
    {
        if (operation.Database != "admin")
            throw new MongoErrorException(MongoErrorCodes.Unauthorized, "bulkWrite may only be run against the admin database.");

        var arguments = operation.Arguments;
        arguments.Ignore("ops", "nsInfo", "bypassDocumentValidation");
        var ordered = arguments.GetBoolean("ordered", otherwise: true);
        var errorsOnly = arguments.GetBoolean("errorsOnly");
        arguments.GetDocument("let");
        var cursor = new CommandArguments("bulkWrite.cursor", arguments.GetDocument("cursor") ?? []);
        arguments.RefuseUnknown();
        var namespaces = WriteBatches.GetStatements(operation, "nsInfo").ConvertAll(BulkNamespace.Parse);
        var operations = WriteBatches.GetStatements(operation, "ops").ConvertAll(op => BulkOperation.Parse(op, namespaces));

        var run = new Run(operation, operations, new BulkWriteResults(errorsOnly));
        run.Execute(ordered);
        WriteConcern.Apply(operation);
        var rows = new EncodedRows(run.Results.GetDocuments());
        CursorReply.First(operation, ResultNamespace, rows, new InterruptSource(operation), cursor.GetCount("batchSize") ?? long.MaxValue);
        run.Results.WriteCounts(operation.Reply);
    }

    /// <summary>A running command.</summary>
    private sealed class Run(OperationContext operation, List<BulkOperation> operations, BulkWriteResults results)
    {
        public BulkWriteResults Results => results;

        public void Execute(bool ordered)
        {
            for (var first = 0; first < operations.Count && !(ordered && results.Errors.Any); )
            {
                var last = EndOfTurn(first);
                ExecuteTurn(first, last, ordered);
                first = last;
            }
        }

        /// <summary>Returns the end of the operations that follow in the same collection.</summary>
        private int EndOfTurn(int first)
        {
            var end = first + 1;
            while (end < operations.Count && end - first < OperationsPerTurn && operations[end].Namespace == operations[first].Namespace)
                end++;

            return end;
        }

        private void ExecuteTurn(int first, int last, bool ordered)
        {
            var (database, name) = operations[first].Namespace;
            var creates = operations[first..last].Exists(op => op.MayInsert);
            var exists = WriteBatches.RunLocked(
                operation.Server.Catalog,
                database,
                name,
                creates,
                collection =>
                {
                    using var unit = new WriteUnit(collection);
                    try
                    {
                        results.Errors.Run(first, last, ordered, i => Apply(i, collection, unit));
                    }
                    finally
                    {
                        unit.Commit();
                    }
                }
            );
            if (!exists)
                results.Errors.Run(first, last, ordered, ApplyToMissing);
        }

        private void Apply(int index, Collection collection, WriteUnit unit)
        {
            operation.CheckInterrupted();
            var op = operations[index];
            switch (op.Kind)
            {
                case "insert":
                    using (var prepared = new PooledBuffer())
                    {
                        DocumentPreparation.Prepare(op.Document.Span, prepared);
                        unit.Insert(prepared.WrittenSpan);
                    }

                    results.AddInserted(index);
                    break;
                case "update":
                    long matched = 0,
                        modified = 0;
                    var update = UpdateCommand.Parse(operation, op.Statement, collection);
                    UpdateCommand.Run(operation, collection, unit, update, ref matched, ref modified, out var id);
                    results.AddUpdated(index, matched, modified, id);
                    break;
                default:
                    var query = ParseDelete(op, collection);
                    unit.Commit();
                    results.AddDeleted(index, DeleteCommand.Delete(operation, collection, query));
                    break;
            }

            if (unit.PendingBytes > CommitBytes)
                unit.Commit();
        }

        private void ApplyToMissing(int index)
        {
            var op = operations[index];
            if (op.Kind == "update")
            {
                UpdateCommand.Parse(operation, op.Statement, collection: null);
                results.AddUpdated(index, 0, 0, null);
            }
            else
            {
                ParseDelete(op, collection: null);
                results.AddDeleted(index, 0);
            }
        }

        private FindQuery ParseDelete(BulkOperation op, Collection? collection)
        {
            var statement = new CommandArguments("bulkWrite.delete", op.Statement);
            return DeleteCommand.Parse(statement, Filters.CreateContext(operation, operation.Arguments, statement, collection));
        }
    }
}
