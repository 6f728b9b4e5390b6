using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Planning;
using EmbeddedMongo.Query;
using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Storage;
using EmbeddedMongo.Update;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands.Writes;

/// <summary>
/// <c>update</c>: statements <c>{q, u, multi, upsert, arrayFilters, hint, c}</c>. Several statements are written together. A statement that
/// may read a document changed by an earlier one commits first.
/// </summary>
internal sealed class UpdateCommand : ICommand
{
    private const long CommitBytes = 4 * 1024 * 1024;

    /// <summary>After this many statements, other writers get their turn.</summary>
    private const int StatementsPerTurn = 100;

    private static readonly StatementShape Shape = new(
        "update.updates",
        [
            ("q", StatementShape.Object, true),
            ("u", StatementShape.Any, true),
            ("multi", CommandArguments.BooleanTypes, false),
            ("upsert", CommandArguments.BooleanTypes, false),
            ("arrayFilters", StatementShape.Array, false),
            ("hint", StatementShape.Any, false),
            ("c", StatementShape.Object, false),
            ("collation", StatementShape.Object, false),
        ]
    );

    public IReadOnlyList<string> Names { get; } = ["update"];

    public void Execute(OperationContext operation)
    {
        var arguments = operation.Arguments;
        arguments.Ignore("updates", "bypassDocumentValidation");
        var ordered = arguments.GetBoolean("ordered", otherwise: true);
        arguments.GetDocument("let");
        arguments.RefuseUnknown();
        var statements = WriteBatches.GetStatements(operation, "updates");
        Shape.Require(statements);
        var errors = new WriteErrors();
        var upserted = new BsonArray();
        long matched = 0,
            modified = 0;
        for (var first = 0; first < statements.Count && !(ordered && errors.Any); first += StatementsPerTurn)
        {
            var (from, to) = (first, Math.Min(first + StatementsPerTurn, statements.Count));
            var exists = false;
            WriteBatches.RunLocked(
                operation,
                create: statements[from..to].Exists(IsUpsert),
                collection =>
                {
                    exists = true;
                    using var unit = new WriteUnit(collection);
                    try
                    {
                        errors.Run(
                            from,
                            to,
                            ordered,
                            i =>
                            {
                                Run(operation, collection, unit, Parse(operation, statements[i]), ref matched, ref modified, out var id);
                                if (id is not null)
                                    upserted.Add(new BsonDocument { { "index", i }, { "_id", id } });
                            }
                        );
                    }
                    finally
                    {
                        // Statements before a failed one stay executed, as in MongoDB.
                        unit.Commit();
                    }
                }
            );
            if (!exists)
                errors.Run(from, to, ordered, i => Parse(operation, statements[i]));
        }

        WriteConcern.Apply(operation);
        operation.Reply.Add("n", (int)matched);
        if (upserted.Count > 0)
            operation.Reply.Add("upserted", upserted);

        errors.WriteTo(operation);
        operation.Reply.Add("nModified", (int)modified);
    }

    /// <summary>Runs a statement with the lock of the collection held. The caller commits the unit.</summary>
    public static void Run(
        OperationContext operation,
        Collection collection,
        WriteUnit unit,
        Statement statement,
        ref long matched,
        ref long modified,
        out BsonValue? upsertedId
    )
    {
        upsertedId = null;
        var found = 0L;
        using var updater = new DocumentUpdater(statement.Update, statement.Query.Filter);
        if (unit.PendingBytes > 0 && MayReadPending(unit, statement.Query.Filter))
            unit.Commit();

        if (CollectionSnapshot.Take(collection) is { } snapshot)
        {
            using var rows = FindRows.Open(snapshot, statement.Query, operation.CheckInterrupted);
            while (rows.MoveNext())
            {
                modified += updater.Update(unit, rows.Record, rows.Stored, out _) ? 1 : 0;
                found++;
                matched++;
                if (unit.PendingBytes > CommitBytes)
                    unit.Commit();
            }
        }

        if (found == 0 && statement.Upsert)
        {
            upsertedId = updater.Insert(unit)["_id"];
            matched++;
        }
    }

    private static bool MayReadPending(WriteUnit unit, MatchExpression filter) =>
        UniqueKeyFilter.FindKey(filter, unit.State) is not { } key || unit.IsPending(key);

    private static bool IsUpsert(ReadOnlyMemory<byte> statement)
    {
        try
        {
            return RawBson.TryFind(statement.Span, "upsert"u8, out var upsert) && upsert is not { Type: BsonType.Boolean, Value: [0] };
        }
        catch (InvalidBsonException)
        {
            // Parse reports it.
            return false;
        }
    }

    private static Statement Parse(OperationContext operation, ReadOnlyMemory<byte> raw) =>
        Parse(operation, BsonDecoder.Decode(raw.Span), Filters.FindCollection(operation, operation.Arguments));

    /// <summary>Parses a statement on a collection, which is null if it does not exist.</summary>
    public static Statement Parse(OperationContext operation, BsonDocument document, Collection? collection)
    {
        var statement = new CommandArguments("update.updates", document);
        var context = Filters.CreateContext(operation, operation.Arguments, statement, collection);
        if (statement.GetDocument("c") is { } constants)
            context.Variables.DefineConstants(constants);

        var multi = statement.GetBoolean("multi");
        var filter = MatchParser.Parse(statement.GetDocument("q") ?? throw statement.Missing("q"), context);
        var update = UpdateParser.Parse(statement.Get("u") ?? throw statement.Missing("u"), statement.GetArray("arrayFilters"), context);
        if (multi && update.IsReplacement)
            throw MongoErrorException.FailedToParse("multi update is not supported for replacement-style update");

        var query = new FindQuery(filter) { Limit = multi ? 0 : 1, Hint = statement.Get("hint") };
        return new Statement(query, update, statement.GetBoolean("upsert"));
    }

    /// <summary>A parsed statement.</summary>
    internal sealed record Statement(FindQuery Query, UpdateProgram Update, bool Upsert);
}
