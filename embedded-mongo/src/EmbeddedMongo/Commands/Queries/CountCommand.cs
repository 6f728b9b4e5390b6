using EmbeddedMongo.Planning;
using EmbeddedMongo.Query;
using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Storage;

namespace EmbeddedMongo.Commands.Queries;

/// <summary>
/// <c>count</c>: uses the collection's totals if there is no filter, or index keys alone if they cover the filter.
/// </summary>
internal sealed class CountCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["count"];

    public void Execute(OperationContext operation)
    {
        var arguments = operation.Arguments;
        var query = Parse(arguments, Filters.CreateContext(operation));
        arguments.RefuseUnknown();
        var counted = operation.Server.Catalog.Find(operation.Database, operation.CollectionName) is { } collection
            ? Count(operation, collection, query)
            : 0;
        operation.Reply.Add("n", counted <= int.MaxValue ? (int)counted : counted);
    }

    public static FindQuery Parse(CommandArguments arguments, MatchContext context)
    {
        arguments.Ignore("fields");
        return new FindQuery(MatchParser.Parse(arguments.GetDocument("query") ?? [], context))
        {
            Skip = arguments.GetCount("skip") ?? 0,

            // MongoDB treats a negative limit as a positive one.
            Limit = Math.Abs(arguments.GetInt64("limit") ?? 0),
            Hint = arguments.Get("hint"),
            Collation = context.Collation,
        };
    }

    /// <summary>Counts the documents that match the query, after skip and limit.</summary>
    public static long Count(OperationContext operation, Collection collection, FindQuery query)
    {
        if (query is { Filter: AlwaysTrueExpression or AndExpression { Children.Length: 0 }, Hint: null })
            return Window(collection.Totals().Count, query);

        if (CollectionSnapshot.Take(collection) is not { } snapshot)
            return 0;

        using var rows = FindRows.Open(snapshot, query, operation.CheckInterrupted);
        if (rows.Path is IndexPath { CoversFilter: true } index)
            return Window(CountKeys(operation, snapshot, index), query);

        var count = 0L;
        while (rows.MoveNext())
            count++;

        return count;
    }

    private static long CountKeys(OperationContext operation, CollectionSnapshot snapshot, IndexPath path)
    {
        using var scan = new IndexKeyScan(snapshot, path);
        var count = 0L;
        while (scan.MoveNext())
        {
            if ((++count & 1023) == 0)
                operation.CheckInterrupted();
        }

        return count;
    }

    private static long Window(long total, FindQuery query)
    {
        var left = Math.Max(total - query.Skip, 0);
        return query.Limit > 0 ? Math.Min(left, query.Limit) : left;
    }
}
