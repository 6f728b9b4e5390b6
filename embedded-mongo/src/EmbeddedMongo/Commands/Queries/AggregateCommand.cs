using EmbeddedMongo.Aggregation;
using EmbeddedMongo.Cursors;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Planning;
using EmbeddedMongo.Query;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands.Queries;

/// <summary>
/// <c>aggregate</c> (manual: "aggregate (database command)"). The planner runs leading $match, $sort, $skip and $limit stages as a query.
/// The remaining stages receive documents with only the fields they read.
/// </summary>
internal sealed class AggregateCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["aggregate"];

    public void Execute(OperationContext operation)
    {
        var arguments = operation.Arguments;
        var context = Filters.CreateContext(operation);
        var stages = Stages(arguments);
        var hint = arguments.Get("hint");
        var name = Collection(arguments);
        if (arguments.GetBoolean("explain"))
        {
            arguments.RefuseUnknown();
            ExplainCommand.Write(operation, AggregateExplanation.Describe(operation, name ?? "$cmd.aggregate", arguments, execute: false));
            return;
        }

        var batchSize = BatchSize(arguments);
        arguments.RefuseUnknown();
        var interrupts = new InterruptSource(operation);
        var statistics = StatisticsStages.Read(operation, name, stages);
        if (statistics is not null)
            stages = [.. stages.Skip(1)];

        var rows =
            statistics is null && CountPipeline.Recognize(stages, context) is { } count && name is not null
                ? Count(operation, name, count with { Hint = hint })
                : Run(operation, name, Parse(stages, context), context, hint, interrupts, statistics);
        CursorReply.First(operation, $"{operation.Database}.{name ?? "$cmd.aggregate"}", rows, interrupts, batchSize);
    }

    public static Pipeline Parse(BsonArray stages, MatchContext context) =>
        PipelineParser.Parse(stages, new PipelineContext(context.Variables));

    public static BsonArray Stages(CommandArguments arguments)
    {
        arguments.Ignore("allowDiskUse", "bypassDocumentValidation", "cursor");
        return arguments.GetArray("pipeline") ?? throw arguments.Missing("pipeline");
    }

    /// <summary>Creates the planner's query from the leading stages of a pipeline.</summary>
    public static FindQuery HeadQuery(LeadingQuery head, BsonValue? hint, MatchContext context) =>
        new(head.Filter)
        {
            Sort = head.Sort,
            Skip = head.Skip,
            Limit = head.Limit ?? 0,
            Hint = hint,
            Collation = context.Collation,
            DecodesRows = head.Rest.Stages.Count > 0,
            Needed = head.Rest.NeededFields(),
        };

    /// <param name="input">The documents to run over instead of those of the collection; null for the collection's.</param>
    private static RowStream Run(
        OperationContext operation,
        string? name,
        Pipeline pipeline,
        MatchContext context,
        BsonValue? hint,
        InterruptSource interrupts,
        IEnumerable<BsonDocument>? input
    )
    {
        var head = pipeline.SplitLeading();
        if (input is null && name is not null && head.Limit != 0 && head.Rest.Stages.Count == 0)
            return FindCommand.Open(operation, name, HeadQuery(head, hint, context), interrupts);

        var reader = new SnapshotReader(operation.Server.Catalog, operation.Database, context.Collation, interrupts.Check);
        try
        {
            var execution = new Aggregation.ExecutionContext(reader, context.Variables.Context, interrupts.Check);
            if (input is not null || pipeline.GeneratesInput)
                return new EncodedRows(pipeline.Run(input ?? [], execution), reader);

            return name is null
                ? throw new MongoErrorException(
                    MongoErrorCodes.InvalidNamespace,
                    "{aggregate: 1} is not valid for this pipeline; a collection is required."
                )
                : new EncodedRows(
                    head.Limit == 0
                        ? head.Rest.Run([], execution)
                        : head.Rest.RunRows(reader.Find(name, HeadQuery(head, hint, context)), execution),
                    reader
                );
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    private static EncodedRows Count(OperationContext operation, string name, FindQuery query)
    {
        var count = operation.Server.Catalog.Find(operation.Database, name) is { } collection
            ? CountCommand.Count(operation, collection, query)
            : 0;
        return new EncodedRows(CountPipeline.Result(count));
    }

    /// <summary>Returns the collection's name; null for <c>{aggregate: 1}</c>.</summary>
    private static string? Collection(CommandArguments arguments) =>
        arguments.Value switch
        {
            BsonString name => name.Value,
            var one when BsonNumbers.TryToInt64(one, out var number) && number == 1 => null,
            _ => throw MongoErrorException.FailedToParse(
                "Invalid command format: the 'aggregate' field must specify a collection name or 1"
            ),
        };

    private static long? BatchSize(CommandArguments arguments)
    {
        var cursor =
            arguments.GetDocument("cursor")
            ?? throw MongoErrorException.FailedToParse("The 'cursor' option is required, except for aggregate with the explain argument");
        return !cursor.TryGetValue("batchSize", out var size) ? null
            : BsonNumbers.TryToInt64(size, out var number) && number >= 0 ? number
            : throw MongoErrorException.BadValue("cursor.batchSize must be a non-negative number");
    }
}
