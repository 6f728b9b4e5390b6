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
        arguments.RefuseUnknown();
        var ns = $"{operation.Database}.{name}";
        var interrupts = new InterruptSource(operation);
        CursorReply.First(operation, ns, Open(operation, name, query, interrupts), interrupts, batchSize, singleBatch, noTimeout);
    }

    /// <summary>Parses the arguments that find and explain share.</summary>
    public static FindQuery Parse(CommandArguments arguments, MatchContext context)
    {
        arguments.Refuse("tailable", IsFalse);
        arguments.Refuse("awaitData", IsFalse);
        arguments.Refuse("returnKey", IsFalse);
        arguments.Refuse("showRecordId", IsFalse);
        arguments.Refuse("min", IsEmpty);
        arguments.Refuse("max", IsEmpty);
        arguments.Ignore("allowDiskUse", "allowPartialResults", "oplogReplay");
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

    private static bool IsFalse(BsonValue value) => value is BsonBoolean { Value: false };

    private static bool IsEmpty(BsonValue value) => value is BsonDocument { ElementCount: 0 };
}
