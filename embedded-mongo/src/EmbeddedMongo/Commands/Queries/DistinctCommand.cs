using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Planning;
using EmbeddedMongo.Query;
using EmbeddedMongo.Storage;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands.Queries;

/// <summary><c>distinct</c>: returns the distinct values at a path in BSON order. Arrays contribute their elements.</summary>
internal sealed class DistinctCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["distinct"];

    public void Execute(OperationContext operation)
    {
        var arguments = operation.Arguments;
        var key = arguments.GetString("key") ?? throw arguments.Missing("key");
        var context = Filters.CreateContext(operation);
        var query = Parse(arguments, context);
        arguments.RefuseUnknown();
        var values = new SortedSet<BsonValue>(Collation.GetComparer(context.Collation)!);
        if (
            operation.Server.Catalog.Find(operation.Database, operation.CollectionName) is { } collection
            && CollectionSnapshot.Take(collection) is { } snapshot
        )
        {
            Collect(operation, snapshot, query, new BsonPath(key), values);
        }

        var array = new BsonArray(values);
        operation.Reply.Add("values", array);
        if (operation.Reply.DocumentLength > BsonLimits.MaxDocumentSize)
            throw new MongoErrorException(17217, "distinct too big, 16mb cap");
    }

    public static FindQuery Parse(CommandArguments arguments, MatchContext context)
    {
        arguments.Ignore("key");
        return new FindQuery(MatchParser.Parse(arguments.GetDocument("query") ?? [], context))
        {
            Hint = arguments.Get("hint"),
            Collation = context.Collation,
        };
    }

    private static void Collect(
        OperationContext operation,
        CollectionSnapshot snapshot,
        FindQuery query,
        BsonPath path,
        SortedSet<BsonValue> values
    )
    {
        using var rows = FindRows.Open(snapshot, query, operation.CheckInterrupted);
        var needed = new FieldSet(path.First);
        var collector = new Collector(values);
        while (rows.MoveNext())
            _ = path.Any(BsonDecoder.Decode(rows.Stored, needed), ref collector, expandLeaf: false);
    }

    /// <summary>Collects every visited value, or the elements of an array, which may be arrays themselves.</summary>
    private readonly struct Collector(SortedSet<BsonValue> values) : IPathVisitor
    {
        public bool Visit(BsonValue? value, int arrayIndex)
        {
            if (value is BsonArray array)
                values.UnionWith(array);
            else if (value is not null)
                values.Add(value);

            return false;
        }
    }
}
