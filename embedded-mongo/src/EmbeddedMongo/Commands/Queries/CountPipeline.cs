using EmbeddedMongo.Planning;
using EmbeddedMongo.Query;
using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands.Queries;

/// <summary>
/// The pipeline that drivers send for countDocuments: <c>[$match, $skip?, $limit?, {$group: {_id: 1, n: {$sum: 1}}}]</c>.
/// It runs as a count, which uses totals or index keys where possible.
/// </summary>
internal static class CountPipeline
{
    /// <summary>Returns the query to count, or null for any other pipeline.</summary>
    public static FindQuery? Recognize(BsonArray stages, MatchContext context)
    {
        if (stages.Count is 0 or > 4 || !EndsWithCount(stages[^1]))
            return null;

        var query = new FindQuery(AlwaysTrueExpression.Instance);
        for (var i = 0; i < stages.Count - 1; i++)
        {
            if (stages[i] is not BsonDocument { ElementCount: 1 } stage)
                return null;

            var (name, value) = (stage.GetElement(0).Name, stage[0]);
            switch (name)
            {
                case "$match" when i == 0 && value is BsonDocument filter:
                    query = query with { Filter = MatchParser.Parse(filter, context) };
                    break;
                case "$skip" when query is { Skip: 0, Limit: 0 } && BsonNumbers.TryToInt64(value, out var skip) && skip >= 0:
                    query = query with { Skip = skip };
                    break;
                case "$limit" when query.Limit == 0 && BsonNumbers.TryToInt64(value, out var limit) && limit > 0:
                    query = query with { Limit = limit };
                    break;
                default:
                    return null;
            }
        }

        return query;
    }

    /// <summary>Returns the only document of the group, or none if the count is 0.</summary>
    public static IEnumerable<BsonDocument> Result(long count) =>
        count == 0 ? [] : [new BsonDocument { { "_id", 1 }, { "n", count <= int.MaxValue ? (BsonValue)(int)count : count } }];

    private static bool EndsWithCount(BsonValue stage) =>
        stage is BsonDocument { ElementCount: 1 } outer
        && outer.TryGetValue("$group", out var body)
        && body is BsonDocument { ElementCount: 2 } group
        && group.TryGetValue("_id", out var id)
        && id is BsonInt32 { Value: 1 }
        && group.TryGetValue("n", out var n)
        && n is BsonDocument { ElementCount: 1 } sum
        && sum.TryGetValue("$sum", out var one)
        && one is BsonInt32 { Value: 1 };
}
