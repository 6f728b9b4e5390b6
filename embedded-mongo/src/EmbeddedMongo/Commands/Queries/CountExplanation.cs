using EmbeddedMongo.Planning;
using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Storage;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands.Queries;

/// <summary>Explains a count: by the collection's totals, by index keys alone (COUNT_SCAN), or by examining documents.</summary>
internal static class CountExplanation
{
    public static BsonDocument Describe(OperationContext operation, string collection, FindQuery query, BsonDocument filter, bool execute)
    {
        var found = operation.Server.Catalog.Find(operation.Database, collection);
        var ns = $"{operation.Database}.{collection}";
        if (found is not null && query is { Filter: AlwaysTrueExpression or AndExpression { Children.Length: 0 }, Hint: null })
            return ExplainCommand.Sections(ns, query, filter, Fast(), execute ? Fast() : null, (0, 0, 0), operation);

        using var snapshot = found is null ? null : CollectionSnapshot.Take(found);
        if (snapshot is null || QueryPlanner.Plan(snapshot, query.Filter, null, query.Hint) is not IndexPath { CoversFilter: true } path)
        {
            var plan = ExplainCommand.Describe(operation, collection, query, filter, null, null, execute, "COUNT");
            return plan;
        }

        var keys = 0L;
        if (execute)
        {
            using var scan = new IndexKeyScan(snapshot, path);
            while (scan.MoveNext())
                operation.CheckInterrupted();

            keys = scan.KeysExamined;
        }

        BsonDocument Stage() => new() { { "stage", "COUNT" }, { "inputStage", PlanDescription.DescribeIndexScan(path, "COUNT_SCAN") } };
        return ExplainCommand.Sections(ns, query, filter, Stage(), execute ? Stage() : null, (0, keys, 0), operation);
    }

    private static BsonDocument Fast() => new("stage", "RECORD_STORE_FAST_COUNT");
}
