using EmbeddedMongo.Cursors;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Planning;
using EmbeddedMongo.Query;
using EmbeddedMongo.Query.Projecting;
using EmbeddedMongo.Storage;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands.Queries;

/// <summary><c>find</c> (manual: "find (database command)").</summary>
internal sealed class FindCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["find"];

    public void Execute(OperationContext operation)
    {
        var arguments = operation.Arguments;
        var name = operation.CollectionName;
        var query = Parse(arguments, Filters.CreateContext(operation));
        var batchSize = arguments.GetCount("batchSize");
        var singleBatch = arguments.GetBoolean("singleBatch");
        var noTimeout = arguments.GetBoolean("noCursorTimeout");
        var isTailable = arguments.GetBoolean("tailable");
        var awaitsData = arguments.GetBoolean("awaitData");
        arguments.RefuseUnknown();
        if (awaitsData && !isTailable)
            throw MongoErrorException.FailedToParse("Cannot set 'awaitData' without also setting 'tailable'");

        if (isTailable && singleBatch)
            throw MongoErrorException.BadValue("cannot use tailable option with the 'singleBatch' option");

        var ns = $"{operation.Database}.{name}";
        var interrupts = new InterruptSource(operation);
        var rows = isTailable ? OpenTailable(operation, name, query, awaitsData, interrupts) : Open(operation, name, query, interrupts);
        CursorReply.First(operation, ns, rows, interrupts, batchSize, singleBatch, noTimeout);
    }

    /// <summary>Parses the arguments that find and explain share.</summary>
    public static FindQuery Parse(CommandArguments arguments, MatchContext context)
    {
        arguments.Refuse("returnKey", IsFalse);
        arguments.Refuse("showRecordId", IsFalse);
        arguments.Refuse("min", IsEmpty);
        arguments.Refuse("max", IsEmpty);
        arguments.Ignore("tailable", "awaitData", "allowDiskUse", "allowPartialResults", "oplogReplay");
        var filter = MatchParser.Parse(arguments.GetDocument("filter") ?? [], context);
        var limit = arguments.GetInt64("limit") ?? 0;
        return new FindQuery(filter)
        {
            Sort = arguments.GetDocument("sort") is { ElementCount: > 0 } sort ? SortSpec.Parse(sort, context.Collation) : null,
            Projection = arguments.GetDocument("projection") is { ElementCount: > 0 } projection
                ? ProjectionParser.Parse(projection, filter, context)
                : null,
            Skip = arguments.GetCount("skip") ?? 0,
            Limit =
                limit >= 0 ? limit : throw new MongoErrorException(51024, $"BSON field 'limit' value must be >= 0, actual value '{limit}'"),
            Hint = arguments.Get("hint"),
            Collation = context.Collation,
        };
    }

    /// <summary>Returns the rows of a query, or none if the collection does not exist.</summary>
    public static RowStream Open(OperationContext operation, string collection, FindQuery query, InterruptSource interrupts)
    {
        if (operation.Server.Catalog.Find(operation.Database, collection) is not { } found)
            return new EncodedRows([]);

        if (QueryPlanner.GetPointId(query, found.State.IdIndex) is { } id)
            return new PointRows(found, id, query);

        return CollectionSnapshot.Take(found) is { } snapshot ? FindRows.Open(snapshot, query, interrupts.Check) : new EncodedRows([]);
    }

    /// <exception cref="MongoErrorException">2 if the collection is not capped, or the order is not that of the inserts.</exception>
    private static RowStream OpenTailable(
        OperationContext operation,
        string name,
        FindQuery query,
        bool awaitsData,
        InterruptSource interrupts
    )
    {
        if (query.Sort is { Natural: not 1 } || query.Hint is BsonDocument hint && hint.GetValue("$natural", 1) == -1)
            throw MongoErrorException.BadValue("cannot use tailable option with a sort other than {$natural: 1}");

        if (operation.Server.Catalog.Find(operation.Database, name) is not { } collection)
            return new EncodedRows([]);

        return collection.State.Capped is not null
            ? new TailableRows(collection, query, awaitsData, interrupts.Check)
            : throw MongoErrorException.BadValue(
                $"error processing query: ns={collection.Namespace} tailable cursor requested on non capped collection"
            );
    }

    private static bool IsFalse(BsonValue value) => value is BsonBoolean { Value: false };

    private static bool IsEmpty(BsonValue value) => value is BsonDocument { ElementCount: 0 };
}
