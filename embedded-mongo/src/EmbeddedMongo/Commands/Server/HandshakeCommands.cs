using EmbeddedMongo.Authentication;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands.Server;

/// <summary><c>hello</c> and its former name <c>isMaster</c>: reports a writable standalone server.</summary>
internal sealed class HelloCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["hello", "isMaster", "ismaster"];

    public void Execute(OperationContext operation)
    {
        var reply = operation.Reply;
        reply.Add(operation.Request.Name == "hello" ? "isWritablePrimary" : "ismaster", true);
        if (operation.Request.Name != "hello")
            reply.Add("helloOk", true);

        reply.Add("maxBsonObjectSize", BsonLimits.MaxDocumentSize);
        reply.Add("maxMessageSizeBytes", BsonLimits.MaxMessageSize);
        reply.Add("maxWriteBatchSize", BsonLimits.MaxWriteBatchSize);
        reply.Add("localTime", new BsonDateTime(operation.Server.Time.GetUtcNow().ToUnixTimeMilliseconds()));
        reply.Add("logicalSessionTimeoutMinutes", 30);
        reply.Add("connectionId", (int)operation.ConnectionId);
        reply.Add("minWireVersion", 0);
        reply.Add("maxWireVersion", operation.Server.Options.MaxWireVersion);
        reply.Add("readOnly", false);

        // Sent for every user, so that clients cannot find out which users exist.
        if (operation.Arguments.Get("saslSupportedMechs") is not null)
            reply.Add("saslSupportedMechs", new BsonArray { AuthenticationCommands.Mechanism });

        if (TryAuthenticate(operation) is { } sasl)
            reply.Add("speculativeAuthenticate", sasl);
    }

    /// <summary>Runs the <c>saslStart</c> in a handshake. If it fails, the client must send the command itself.</summary>
    private static BsonDocument? TryAuthenticate(OperationContext operation)
    {
        if (operation.Arguments.Get("speculativeAuthenticate") is not BsonDocument saslStart)
            return null;

        var arguments = new CommandArguments("saslStart", saslStart);
        try
        {
            return AuthenticationCommands.Start(operation.Authentication, arguments.GetString("db") ?? operation.Database, arguments);
        }
        catch (MongoErrorException)
        {
            return null;
        }
    }
}

/// <summary>Commands that return information about the server to drivers and tools.</summary>
internal sealed class ServerInfoCommands : ICommand
{
    public IReadOnlyList<string> Names { get; } =
    [
        "ping",
        "buildInfo",
        "buildinfo",
        "connectionStatus",
        "getParameter",
        "hostInfo",
        "getLog",
        "whatsmyuri",
        "getCmdLineOpts",
        "serverStatus",
    ];

    public void Execute(OperationContext operation)
    {
        var reply = operation.Reply;
        switch (operation.Request.Name)
        {
            case "buildInfo" or "buildinfo":
                reply.Add("version", ServerServices.Version);
                reply.Add("gitVersion", "embedded");
                reply.Add("modules", new BsonArray { "EmbeddedMongo" });
                reply.Add("versionArray", new BsonArray { 7, 0, 0, 0 });
                reply.Add("bits", 64);
                reply.Add("debug", false);
                reply.Add("maxBsonObjectSize", BsonLimits.MaxDocumentSize);
                reply.Add("storageEngines", new BsonArray { "rocksdb" });
                break;
            case "connectionStatus":
                reply.Add("authInfo", DescribeUser(operation.Authentication.UserName));
                break;
            case "getParameter":
                reply.AddAll(GetParameters(operation));
                break;
            case "hostInfo":
                reply.Add("system", new BsonDocument { { "hostname", "localhost" }, { "numCores", Environment.ProcessorCount } });
                reply.Add("os", new BsonDocument("type", Environment.OSVersion.Platform.ToString()));
                reply.Add("extra", new BsonDocument());
                break;
            case "getLog":
                reply.Add("totalLinesWritten", 0);
                reply.Add("log", new BsonArray());
                break;
            case "whatsmyuri":
                reply.Add("you", operation.ClientAddress);
                break;
            case "getCmdLineOpts":
                reply.Add("argv", new BsonArray());
                reply.Add("parsed", new BsonDocument());
                break;
            case "serverStatus":
                reply.Add("host", "localhost");
                reply.Add("version", ServerServices.Version);
                reply.Add("process", "EmbeddedMongo");
                reply.Add(
                    "storageEngine",
                    new BsonDocument { { "name", "rocksdb" }, { "persistent", !operation.Server.Engine.IsEphemeral } }
                );
                reply.Add(
                    "metrics",
                    new BsonDocument("cursor", new BsonDocument("open", new BsonDocument("total", operation.Server.Cursors.Count)))
                );
                break;
        }
    }

    private static BsonDocument DescribeUser(string? name)
    {
        var (users, roles) = (new BsonArray(), new BsonArray());
        if (name is not null)
        {
            users.Add(new BsonDocument { { "user", name }, { "db", CredentialStore.Database } });
            roles.Add(new BsonDocument { { "role", "root" }, { "db", CredentialStore.Database } });
        }

        return new BsonDocument { { "authenticatedUsers", users }, { "authenticatedUserRoles", roles } };
    }

    private static BsonDocument GetParameters(OperationContext operation)
    {
        var known = new BsonDocument
        {
            { "featureCompatibilityVersion", new BsonDocument("version", "7.0") },
            { "cursorTimeoutMillis", (long)operation.Server.Options.CursorTimeout.TotalMilliseconds },
            { "ttlMonitorSleepSecs", (long)operation.Server.Options.TtlSweepInterval.TotalSeconds },
            { "journalCommitInterval", (long)operation.Server.Options.JournalCommitInterval.TotalMilliseconds },
        };
        if (operation.Arguments.Value == "*")
            return known;

        var requested = new BsonDocument();
        foreach (var parameter in known)
        {
            if (operation.Arguments.Document.Contains(parameter.Name))
                requested.Add(parameter);
        }

        return requested.ElementCount > 0
            ? requested
            : throw new MongoErrorException(MongoErrorCodes.InvalidOptions, "no option found to get");
    }
}

/// <summary>Session commands. Sessions have no state on this server, so ending them always succeeds.</summary>
internal sealed class SessionCommands : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["endSessions", "killSessions", "killAllSessions", "refreshSessions", "startSession"];

    public void Execute(OperationContext operation)
    {
        if (operation.Request.Name == "startSession")
        {
            operation.Reply.Add("id", new BsonDocument("id", new BsonBinaryData(Guid.NewGuid(), GuidRepresentation.Standard)));
            operation.Reply.Add("timeoutMinutes", 30);
        }
    }
}

/// <summary>Commands for replica sets, which fail as on a standalone server.</summary>
internal sealed class ReplicaSetCommands : ICommand
{
    public IReadOnlyList<string> Names { get; } =
    ["commitTransaction", "abortTransaction", "replSetGetStatus", "replSetInitiate", "replSetGetConfig"];

    public void Execute(OperationContext operation) =>
        throw (
            operation.Request.Name.EndsWith("Transaction", StringComparison.Ordinal)
                ? new MongoErrorException(
                    MongoErrorCodes.IllegalOperation,
                    "Transaction numbers are only allowed on a replica set member or mongos"
                )
                : new MongoErrorException(76, "NoReplicationEnabled", "not running with --replSet")
        );
}
