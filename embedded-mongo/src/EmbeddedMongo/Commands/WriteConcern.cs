using EmbeddedMongo.Errors;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands;

/// <summary>
/// Write concerns of a standalone server: <c>w</c> must be 0, 1 or majority, since there is one node. <c>j</c> syncs the journal.
/// </summary>
internal static class WriteConcern
{
    public static void Check(CommandArguments arguments)
    {
        if (arguments.GetDocument("writeConcern") is not { } concern || !concern.TryGetValue("w", out var w))
            return;

        if (BsonNumbers.TryToInt64(w, out var nodes))
        {
            if (nodes is < 0 or > 50)
                throw MongoErrorException.FailedToParse("w has to be a non-negative number and not greater than 50");

            if (nodes > 1)
                throw MongoErrorException.BadValue("cannot use 'w' > 1 when a host is not replicated");
        }
        else if (w is not BsonString { Value: "majority" })
        {
            throw MongoErrorException.BadValue("cannot use non-majority 'w' mode when a host is not a member of a replica set");
        }
    }

    /// <summary>Syncs the journal before the reply if the command specified <c>j: true</c>.</summary>
    public static void Apply(OperationContext operation)
    {
        if (operation.Arguments.GetDocument("writeConcern") is { } concern && concern.TryGetValue("j", out var j) && j.ToBoolean())
            operation.Server.Engine.Sync();
    }
}
