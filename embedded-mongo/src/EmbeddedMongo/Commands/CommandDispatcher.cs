using System.Collections.Frozen;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Wire;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands;

/// <summary>Finds a command by name, runs it, and converts exceptions to MongoDB error replies.</summary>
internal sealed class CommandDispatcher
{
    /// <summary>The commands of Stable API version 1 that this server has.</summary>
    private static readonly FrozenSet<string> StableCommands = FrozenSet.ToFrozenSet(
        [
            "aggregate",
            "bulkWrite",
            "collMod",
            "count",
            "create",
            "createIndexes",
            "delete",
            "drop",
            "dropDatabase",
            "dropIndexes",
            "endSessions",
            "explain",
            "find",
            "findAndModify",
            "getMore",
            "hello",
            "insert",
            "killCursors",
            "listCollections",
            "listDatabases",
            "listIndexes",
            "ping",
            "refreshSessions",
            "update",
        ],
        StringComparer.Ordinal
    );

    /// <summary>The commands that a client may run before it is authenticated, as in MongoDB.</summary>
    private static readonly FrozenSet<string> PublicCommands = FrozenSet.ToFrozenSet(
        [
            "buildInfo",
            "buildinfo",
            "connectionStatus",
            "hello",
            "isMaster",
            "ismaster",
            "logout",
            "ping",
            "saslContinue",
            "saslStart",
            "whatsmyuri",
        ],
        StringComparer.Ordinal
    );

    /// <summary>The commands that MongoDB accepts as OP_QUERY, for handshakes.</summary>
    private static readonly FrozenSet<string> LegacyCommands = FrozenSet.ToFrozenSet(
        ["buildInfo", "buildinfo", "hello", "isMaster", "ismaster", "ping", "saslContinue", "saslStart"],
        StringComparer.Ordinal
    );

    private readonly ServerServices _server;
    private readonly Dictionary<string, ICommand> _commands = new(StringComparer.Ordinal);

    public CommandDispatcher(ServerServices server, IEnumerable<ICommand> commands)
    {
        _server = server;
        foreach (var command in commands)
        {
            foreach (var name in command.Names)
                _commands.Add(name, command);
        }
    }

    public async ValueTask ExecuteAsync(ClientConnection connection, CommandRequest request, ReplyBuilder reply, CancellationToken stopping)
    {
        reply.Begin(request.IsLegacyQuery);
        try
        {
            if (request.IsLegacyQuery && !LegacyCommands.Contains(request.Name))
            {
                throw new MongoErrorException(
                    352,
                    "UnsupportedOpQueryCommand",
                    $"Unsupported OP_QUERY command: {request.Name}. The client driver may require an upgrade."
                );
            }

            var command = _commands.GetValueOrDefault(request.Name) ?? throw UnsupportedCommands.CreateError(request.Name);
            if (!connection.Authentication.IsAuthorized && !PublicCommands.Contains(request.Name))
                throw new MongoErrorException(MongoErrorCodes.Unauthorized, $"Command {request.Name} requires authentication");

            var operation = new OperationContext(_server, connection, request, reply, stopping);
            CheckGenericArguments(operation);
            _server.Operations.Add(operation);
            try
            {
                await command.ExecuteAsync(operation);
            }
            finally
            {
                _server.Operations.Remove(operation);
            }

            reply.Add("ok", 1.0);
        }
        catch (MongoErrorException error)
        {
            Fail(reply, request, error);
        }
        catch (InvalidBsonException error)
        {
            Fail(reply, request, FromBson(error));
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // A defect must be reported to the caller and must not stop the server for other clients.
            Fail(reply, request, new MongoErrorException(MongoErrorCodes.InternalError, $"{error.GetType().Name}: {error.Message}"));
        }
    }

    /// <summary>Converts the exception for invalid BSON to the error that the client receives.</summary>
    public static MongoErrorException FromBson(InvalidBsonException error) =>
        error.IsTooDeep ? MongoErrorException.Overflow(error.Message) : new MongoErrorException(22, "InvalidBSON", error.Message);

    private static void Fail(ReplyBuilder reply, CommandRequest request, MongoErrorException error)
    {
        reply.Begin(request.IsLegacyQuery);
        reply.Add("ok", 0.0);
        reply.Add("errmsg", error.Message);
        reply.Add("code", error.Code);
        reply.Add("codeName", error.CodeName);
        if (error.Details is { } details)
            reply.AddAll(details);
    }

    private static void CheckGenericArguments(OperationContext operation)
    {
        var arguments = operation.Arguments;
        if (arguments.Document.Contains("txnNumber") || arguments.Document.Contains("startTransaction"))
        {
            // The error of a standalone mongod, which supports neither transactions nor retryable writes.
            throw MongoErrorException.IllegalOperation("Transaction numbers are only allowed on a replica set member or mongos");
        }

        if (arguments.GetCount("maxTimeMS") is { } limit)
        {
            operation.SetTimeLimit(
                limit <= int.MaxValue
                    ? limit
                    : throw MongoErrorException.BadValue($"{limit} value for maxTimeMS is out of range [0, {int.MaxValue}]")
            );
        }

        CheckReadConcern(arguments);
        WriteConcern.Check(arguments);
        CheckApiVersion(operation);
    }

    /// <summary>Checks the options of the Stable API (https://www.mongodb.com/docs/manual/reference/stable-api/).</summary>
    private static void CheckApiVersion(OperationContext operation)
    {
        var arguments = operation.Arguments;
        var isStrict = arguments.GetBoolean("apiStrict");
        if (arguments.GetString("apiVersion") is not { } version)
        {
            if (isStrict || arguments.GetBoolean("apiDeprecationErrors"))
                throw MongoErrorException.Location(4886600, "Provided apiStrict and/or apiDeprecationErrors without passing apiVersion");

            return;
        }

        if (version != "1")
            throw new MongoErrorException(322, "APIVersionError", $"API version must be \"1\", not \"{version}\"");

        if (isStrict && !StableCommands.Contains(operation.Request.Name))
        {
            throw new MongoErrorException(
                323,
                "APIStrictError",
                $"Provided apiStrict:true, but the command {operation.Request.Name} is not in API Version 1."
            );
        }
    }

    private static void CheckReadConcern(CommandArguments arguments)
    {
        if (arguments.GetDocument("readConcern") is not { } concern || !concern.TryGetValue("level", out var level))
            return;

        if (level is not BsonString { Value: "local" or "available" or "majority" })
        {
            throw level is BsonString { Value: "linearizable" or "snapshot" }
                ? new MongoErrorException(123, "NotAReplicaSet", $"node needs to be a replica set member to use read concern {level}")
                : MongoErrorException.FailedToParse($"Unrecognized read concern level {level}");
        }
    }
}
