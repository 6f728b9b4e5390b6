using EmbeddedMongo.Errors;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands.Queries;

/// <summary><c>getMore</c>.</summary>
internal sealed class GetMoreCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["getMore"];

    public void Execute(OperationContext operation) => throw new NotSupportedException("getMore runs asynchronously.");

    public ValueTask ExecuteAsync(OperationContext operation)
    {
        var arguments = operation.Arguments;
        if (!BsonNumbers.TryToInt64(arguments.Value, out var id))
            throw arguments.WrongType("getMore", arguments.Value, "long");

        var collection = arguments.GetString("collection") ?? throw arguments.Missing("collection");
        var batchSize = arguments.GetCount("batchSize");
        arguments.Ignore("term", "lastKnownCommittedOpTime");
        arguments.RefuseUnknown();

        // The time limit of getMore is how long to wait for documents.
        operation.SetTimeLimit(0);
        return CursorReply.NextAsync(
            operation,
            id,
            $"{operation.Database}.{collection}",
            batchSize is 0 ? null : batchSize,
            arguments.GetCount("maxTimeMS") is { } limit ? TimeSpan.FromMilliseconds(limit) : null
        );
    }
}

/// <summary><c>killCursors</c>.</summary>
internal sealed class KillCursorsCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["killCursors"];

    public void Execute(OperationContext operation)
    {
        var arguments = operation.Arguments;
        var ids = arguments.GetArray("cursors") ?? throw arguments.Missing("cursors");
        arguments.RefuseUnknown();
        var killed = new BsonArray();
        var unknown = new BsonArray();
        foreach (var value in ids)
        {
            if (!BsonNumbers.TryToInt64(value, out var id))
                throw new MongoErrorException(MongoErrorCodes.TypeMismatch, "cursor ids must be of type long");

            (operation.Server.Cursors.Kill(id) ? killed : unknown).Add(id);
        }

        operation.Reply.Add("cursorsKilled", killed);
        operation.Reply.Add("cursorsNotFound", unknown);
        operation.Reply.Add("cursorsAlive", new BsonArray());
        operation.Reply.Add("cursorsUnknown", new BsonArray());
    }
}
