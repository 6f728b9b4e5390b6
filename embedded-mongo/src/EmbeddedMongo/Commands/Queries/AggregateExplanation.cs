using MongoDB.Bson;

namespace EmbeddedMongo.Commands.Queries;

/// <summary>
/// Explains a pipeline: the plan of the leading query, either alone or in <c>stages[0].$cursor</c> before the stages that the planner does
/// not handle.
/// </summary>
internal static class AggregateExplanation
{
    private static readonly HashSet<string> HeadStages = new(StringComparer.Ordinal) { "$match", "$sort", "$skip", "$limit" };

    public static BsonDocument Describe(OperationContext operation, string collection, CommandArguments command, bool execute)
    {
        var context = Filters.CreateContext(operation, command);
        var pipeline = AggregateCommand.Stages(command);
        var head = AggregateCommand.Parse(pipeline, context).SplitLeading();
        var query = AggregateCommand.HeadQuery(head, command.Get("hint"), context);
        var filter = Merge(pipeline);
        var plan = ExplainCommand.Describe(operation, collection, query, filter, SortOf(pipeline), null, execute);
        if (head.Rest.Stages.Count == 0)
            return plan;

        var cursor = new BsonDocument("queryPlanner", plan["queryPlanner"]);
        if (execute)
            cursor.Add("executionStats", plan["executionStats"]);

        var stages = new BsonArray { new BsonDocument("$cursor", cursor) };
        stages.AddRange(pipeline.Skip(Math.Max(pipeline.Count - head.Rest.Stages.Count, 0)));
        return new BsonDocument { { "explainVersion", "1" }, { "stages", stages } };
    }

    private static BsonDocument Merge(BsonArray pipeline)
    {
        var filters = Head(pipeline).Where(stage => stage.Contains("$match")).Select(stage => stage["$match"].AsBsonDocument).ToList();
        return filters.Count switch
        {
            0 => [],
            1 => filters[0],
            _ => new BsonDocument("$and", new BsonArray(filters)),
        };
    }

    private static BsonDocument? SortOf(BsonArray pipeline) =>
        Head(pipeline).FirstOrDefault(stage => stage.Contains("$sort"))?["$sort"].AsBsonDocument;

    private static IEnumerable<BsonDocument> Head(BsonArray pipeline) =>
        pipeline.Cast<BsonDocument>().TakeWhile(stage => HeadStages.Contains(stage.GetElement(0).Name));
}
