using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Planning;
using EmbeddedMongo.Query;
using EmbeddedMongo.Query.Projecting;
using EmbeddedMongo.Storage;
using EmbeddedMongo.Update;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands.Writes;

/// <summary><c>findAndModify</c>: updates, replaces or removes one document, and returns its previous or new version.</summary>
internal sealed class FindAndModifyCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["findAndModify", "findandmodify"];

    public void Execute(OperationContext operation)
    {
        var request = Parse(operation);
        var outcome = new Outcome();
        WriteBatches.RunLocked(operation, create: request.Upsert, collection => outcome = Run(operation, collection, request));
        WriteConcern.Apply(operation);
        WriteReply(operation, request, outcome);
    }

    private static void WriteReply(OperationContext operation, Request request, Outcome outcome)
    {
        var last = new BsonDocument("n", outcome.Found || outcome.Upserted is not null ? 1 : 0);
        if (request.Update is not null)
        {
            last.Add("updatedExisting", outcome.Found);
            if (outcome.Upserted is { } id)
                last.Add("upserted", id);
        }

        operation.Reply.Add("lastErrorObject", last);
        var value =
            outcome.Value is { } document && request.Query.Projection is { } projection ? projection.Apply(document) : outcome.Value;
        operation.Reply.Add("value", value ?? (BsonValue)BsonNull.Value);
    }

    private static Outcome Run(OperationContext operation, Collection collection, Request request)
    {
        using var unit = new WriteUnit(collection);
        var outcome = new Outcome();
        if (CollectionSnapshot.Take(collection) is { } snapshot)
        {
            var query = request.Query with { Projection = null, Limit = 1 };
            using var rows = FindRows.Open(snapshot, query, operation.CheckInterrupted);
            if (rows.MoveNext())
                outcome = Modify(unit, rows, request);
        }

        if (!outcome.Found && request is { Upsert: true, Update: { } update })
        {
            using var updater = new DocumentUpdater(update, request.Query.Filter);
            var inserted = updater.Insert(unit);
            outcome = new Outcome { Upserted = inserted["_id"], Value = request.ReturnNew ? inserted : null };
        }

        unit.Commit();
        return outcome;
    }

    private static Outcome Modify(WriteUnit unit, FindRows rows, Request request)
    {
        var before = BsonDecoder.Decode(rows.Stored);
        if (request.Update is null)
        {
            unit.Delete(rows.Record, rows.Stored);
            return new Outcome { Found = true, Value = before };
        }

        using var updater = new DocumentUpdater(request.Update, request.Query.Filter);
        updater.Update(unit, rows.Record, rows.Stored, out var after);
        return new Outcome { Found = true, Value = request.ReturnNew ? after : before };
    }

    private static Request Parse(OperationContext operation)
    {
        var arguments = operation.Arguments;
        var context = Filters.CreateContext(operation);
        arguments.Ignore("bypassDocumentValidation");
        var remove = arguments.GetBoolean("remove");
        var update = arguments.Get("update");
        var upsert = arguments.GetBoolean("upsert");
        var returnNew = arguments.GetBoolean("new");
        var arrayFilters = arguments.GetArray("arrayFilters");
        if (remove == (update is not null))
        {
            throw MongoErrorException.FailedToParse(
                remove ? "Cannot specify both an update and remove=true" : "Either an update or remove=true must be specified"
            );
        }

        if (remove && (upsert || returnNew))
        {
            throw MongoErrorException.FailedToParse(
                upsert
                    ? "Cannot specify both upsert=true and remove=true"
                    : "Cannot specify both new=true and remove=true; 'remove' always returns the deleted document"
            );
        }

        var filter = MatchParser.Parse(arguments.GetDocument("query") ?? [], context);
        var projection = arguments.GetDocument("fields");
        var query = new FindQuery(filter)
        {
            Sort = arguments.GetDocument("sort") is { ElementCount: > 0 } sort ? SortSpec.Parse(sort, context.Collation) : null,
            Projection = projection is { ElementCount: > 0 } ? ProjectionParser.Parse(projection, filter, context) : null,
            Hint = arguments.Get("hint"),
        };
        arguments.RefuseUnknown();
        return new Request(query, update is null ? null : UpdateParser.Parse(update, arrayFilters, context), upsert, returnNew);
    }

    private sealed record Request(FindQuery Query, UpdateProgram? Update, bool Upsert, bool ReturnNew);

    private sealed record Outcome
    {
        public bool Found { get; init; }

        public BsonValue? Upserted { get; init; }

        public BsonDocument? Value { get; init; }
    }
}
