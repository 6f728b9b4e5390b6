using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Planning;
using EmbeddedMongo.Query;
using EmbeddedMongo.Storage;

namespace EmbeddedMongo.Commands.Writes;

/// <summary><c>delete</c>: statements <c>{q, limit, hint}</c> with limit 1 or 0 (all).</summary>
internal sealed class DeleteCommand : ICommand
{
    private const long CommitBytes = 4 * 1024 * 1024;

    private static readonly StatementShape Shape = new(
        "delete.deletes",
        [
            ("q", StatementShape.Object, true),
            ("limit", CommandArguments.NumberTypes, true),
            ("hint", StatementShape.Any, false),
            ("collation", StatementShape.Object, false),
        ]
    );

    public IReadOnlyList<string> Names { get; } = ["delete"];

    public void Execute(OperationContext operation)
    {
        var arguments = operation.Arguments;
        arguments.Ignore("deletes");
        var ordered = arguments.GetBoolean("ordered", otherwise: true);
        arguments.GetDocument("let");
        arguments.RefuseUnknown();
        var statements = WriteBatches.GetStatements(operation, "deletes");
        Shape.Require(statements);
        var errors = new WriteErrors();
        var deleted = 0L;
        errors.Run(
            statements.Count,
            ordered,
            i =>
            {
                var statement = new CommandArguments("delete.deletes", BsonDecoder.Decode(statements[i].Span));
                var query = Parse(statement, Filters.CreateContext(operation, arguments, statement));
                WriteBatches.RunLocked(operation, create: false, collection => deleted += Delete(operation, collection, query));
            }
        );
        WriteConcern.Apply(operation);
        operation.Reply.Add("n", deleted <= int.MaxValue ? (int)deleted : deleted);
        errors.WriteTo(operation);
    }

    private static long Delete(OperationContext operation, Collection collection, FindQuery query)
    {
        if (CollectionSnapshot.Take(collection) is not { } snapshot)
            return 0;

        var deleted = 0L;
        using var unit = new WriteUnit(collection);
        using var rows = FindRows.Open(snapshot, query, operation.CheckInterrupted);
        while (rows.MoveNext())
        {
            unit.Delete(rows.Record, rows.Stored);
            deleted++;
            if (unit.PendingBytes > CommitBytes)
                unit.Commit();
        }

        unit.Commit();
        return deleted;
    }

    private static FindQuery Parse(CommandArguments statement, MatchContext context)
    {
        var limit = statement.GetInt64("limit") ?? throw statement.Missing("limit");
        var filter = statement.GetDocument("q") ?? throw statement.Missing("q");
        var query = new FindQuery(MatchParser.Parse(filter, context)) { Limit = limit, Hint = statement.Get("hint") };
        return limit is 0 or 1
            ? query
            : throw MongoErrorException.FailedToParse($"The limit field in delete objects must be 0 or 1. Got {limit}");
    }
}
