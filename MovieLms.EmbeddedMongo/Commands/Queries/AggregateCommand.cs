using MovieLms.EmbeddedMongo.Cursors;
using MovieLms.EmbeddedMongo.Errors;
using MovieLms.EmbeddedMongo.Values;

namespace MovieLms.EmbeddedMongo.Commands.Queries;

/// <summary><c>aggregate</c> (manual: "aggregate (database command)").</summary>
internal sealed class AggregateCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["aggregate"];

    public void Execute(OperationContext operation)
    {
        var arguments = operation.Arguments;
        var stages = arguments.GetArray("pipeline") ?? throw arguments.Missing("pipeline");
        var batchSize = BatchSize(arguments);
        var hint = arguments.Get("hint");
        arguments.RefuseCollation();
        arguments.Ignore("allowDiskUse", "bypassDocumentValidation");
        var context = Filters.Context(operation);
        arguments.RefuseUnknown();
        var name = operation.CollectionName;
        var ns = $"{operation.Database}.{name}";
        if (CountPipeline.Recognize(stages, context) is { } query)
        {
            var count = operation.Server.Catalog.Find(operation.Database, name) is { } collection
                ? CountCommand.Count(operation, collection, query with { Hint = hint })
                : 0;
            CursorReply.First(operation, ns, new EncodedRows(CountPipeline.Result(count)), new InterruptSource(), batchSize);
            return;
        }

        throw new MongoErrorException(MongoErrorCodes.NotImplemented, "pipelines are not implemented by this embedded server yet");
    }

    private static long? BatchSize(CommandArguments arguments)
    {
        var cursor = arguments.GetDocument("cursor")
            ?? throw MongoErrorException.FailedToParse("The 'cursor' option is required, except for aggregate with the explain argument");
        return cursor.TryGetValue("batchSize", out var size) && BsonNumbers.TryToInt64(size, out var number) ? number : null;
    }
}
