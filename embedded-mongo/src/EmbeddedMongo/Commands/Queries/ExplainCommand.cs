using EmbeddedMongo.Errors;
using EmbeddedMongo.Planning;
using EmbeddedMongo.Query;
using EmbeddedMongo.Storage;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands.Queries;

/// <summary>
/// <c>explain</c> of reads, and of the queries of updates and deletes without writing. Verbosity queryPlanner only plans. executionStats
/// and allPlansExecution also run the query and report what it examined.
/// </summary>
internal sealed class ExplainCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["explain"];

    public void Execute(OperationContext operation)
    {
        var arguments = operation.Arguments;
        var command = arguments.Value as BsonDocument ?? throw arguments.WrongType("explain", arguments.Value, "object");
        var verbosity = arguments.GetString("verbosity") ?? "allPlansExecution";
        arguments.RefuseUnknown();
        if (verbosity is not ("queryPlanner" or "executionStats" or "allPlansExecution"))
            throw MongoErrorException.BadValue($"Enumeration value '{verbosity}' for field 'explain.verbosity' is not a valid value.");

        if (command.ElementCount == 0)
            throw MongoErrorException.FailedToParse("Explain failed due to unknown command: ");

        var inner = new CommandArguments(command.GetElement(0).Name, command);
        Explain(operation, inner, execute: verbosity != "queryPlanner");
    }

    private static void Explain(OperationContext operation, CommandArguments command, bool execute)
    {
        var collection = command.Value as BsonString ?? throw command.WrongType(command.Command, command.Value, "string");
        var context = Filters.CreateContext(operation, command);
        var name = collection.Value;
        switch (command.Command)
        {
            case "find":
                var find = FindCommand.Parse(command, context);
                Write(
                    operation,
                    Describe(
                        operation,
                        name,
                        find,
                        command.Document.GetValue("filter", new BsonDocument()).AsBsonDocument,
                        command.GetDocument("sort"),
                        command.GetDocument("projection"),
                        execute
                    )
                );
                break;
            case "aggregate":
                Write(operation, AggregateExplanation.Describe(operation, name, command, execute));
                break;
            case "count":
                Write(
                    operation,
                    CountExplanation.Describe(operation, name, CountCommand.Parse(command, context), Filter(command, "query"), execute)
                );
                break;
            case "distinct":
                Write(
                    operation,
                    Describe(operation, name, DistinctCommand.Parse(command, context), Filter(command, "query"), null, null, execute)
                );
                break;
            case "findAndModify" or "findandmodify":
                var modify = new FindQuery(MatchParser.Parse(Filter(command, "query"), context))
                {
                    Sort = command.GetDocument("sort") is { ElementCount: > 0 } sort ? SortSpec.Parse(sort, context.Collation) : null,
                    Hint = command.Get("hint"),
                    Limit = 1,
                    Collation = context.Collation,
                };
                Write(
                    operation,
                    Describe(operation, name, modify, Filter(command, "query"), command.GetDocument("sort"), null, execute, Top(command))
                );
                break;
            case "update" or "delete":
                var statement = command.GetArray(command.Command + "s") is [BsonDocument only]
                    ? only
                    : throw new MongoErrorException(MongoErrorCodes.InvalidLength, "explained write batches must be of size 1");
                var filter = statement.GetValue("q", new BsonDocument()).AsBsonDocument;
                context = Filters.CreateContext(operation, command, new CommandArguments(command.Command + "s", statement));
                var write = new FindQuery(MatchParser.Parse(filter, context))
                {
                    Hint = statement.GetValue("hint", null),
                    Collation = context.Collation,
                };
                Write(operation, Describe(operation, name, write, filter, null, null, execute, Top(command)));
                break;
            default:
                throw new MongoErrorException(MongoErrorCodes.CommandNotFound, $"Explain failed due to unknown command: {command.Command}");
        }
    }

    /// <summary>Returns the <c>queryPlanner</c> section of a query and, if it is executed, <c>executionStats</c>.</summary>
    public static BsonDocument Describe(
        OperationContext operation,
        string collection,
        FindQuery query,
        BsonDocument filter,
        BsonDocument? sort,
        BsonDocument? projection,
        bool execute,
        string? top = null
    )
    {
        var ns = $"{operation.Database}.{collection}";
        var snapshot = operation.Server.Catalog.Find(operation.Database, collection) is { } found ? CollectionSnapshot.Take(found) : null;
        if (snapshot is null)
        {
            var emptyPlan = new PlanDescription(query, new EmptyPath { ProvidesSort = true }, filter, sort, projection);
            return Sections(
                ns,
                query,
                filter,
                Under(top, emptyPlan.GetStages(null)),
                execute ? Under(top, emptyPlan.GetStages(null)) : null,
                (0, 0, 0),
                operation
            );
        }

        using var rows = FindRows.Open(snapshot, query, operation.CheckInterrupted);
        var description = new PlanDescription(query, rows.Path, filter, sort, projection);
        if (execute)
        {
            while (rows.MoveNext())
                _ = rows.Current.Length;
        }

        return Sections(
            ns,
            query,
            filter,
            Under(top, description.GetStages(null)),
            execute ? Under(top, description.GetStages(rows)) : null,
            (top is null ? rows.Returned : 0, rows.Scan.KeysExamined, rows.Scan.DocsExamined),
            operation
        );
    }

    public static BsonDocument Sections(
        string ns,
        FindQuery query,
        BsonDocument filter,
        BsonDocument plan,
        BsonDocument? executed,
        (long Returned, long Keys, long Documents) totals,
        OperationContext operation
    )
    {
        var result = new BsonDocument
        {
            { "explainVersion", "1" },
            {
                "queryPlanner",
                new BsonDocument
                {
                    { "namespace", ns },
                    { "parsedQuery", filter },
                    { "collation", query.Collation?.Document, query.Collation is not null },
                    { "indexFilterSet", false },
                    { "winningPlan", plan },
                    { "rejectedPlans", new BsonArray() },
                }
            },
        };
        if (executed is not null)
        {
            result.Add(
                "executionStats",
                new BsonDocument
                {
                    { "executionSuccess", true },
                    { "nReturned", (int)totals.Returned },
                    { "executionTimeMillis", (int)operation.Elapsed.TotalMilliseconds },
                    { "totalKeysExamined", (int)totals.Keys },
                    { "totalDocsExamined", (int)totals.Documents },
                    { "executionStages", executed },
                }
            );
        }

        return result;
    }

    /// <summary>Appends the sections and the common trailing fields of every explain.</summary>
    public static void Write(OperationContext operation, BsonDocument sections)
    {
        operation.Reply.AddAll(sections);
        operation.Reply.Add("command", operation.Arguments.Value);
        operation.Reply.Add(
            "serverInfo",
            new BsonDocument
            {
                { "host", "localhost" },
                { "port", operation.Server.Port },
                { "version", ServerServices.Version },
                { "gitVersion", "embedded" },
            }
        );
    }

    private static BsonDocument Under(string? top, BsonDocument stages) =>
        top is null ? stages : new BsonDocument { { "stage", top }, { "inputStage", stages } };

    private static string Top(CommandArguments command) =>
        command.Command == "delete" || command.GetBoolean("remove") ? "DELETE" : "UPDATE";

    private static BsonDocument Filter(CommandArguments command, string name) => command.GetDocument(name) ?? [];
}
