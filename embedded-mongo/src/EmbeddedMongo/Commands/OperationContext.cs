using EmbeddedMongo.Authentication;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Wire;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands;

/// <summary>A running command with its request and reply. Detects when to stop: deadline, disconnected client, shutdown.</summary>
internal sealed class OperationContext
{
    /// <summary>Checking the socket is a system call, so it happens at most once in this interval.</summary>
    private static readonly TimeSpan DisconnectCheckInterval = TimeSpan.FromMilliseconds(100);

    private readonly ClientConnection _connection;
    private readonly CancellationToken _stopping;
    private readonly long _started;
    private TimeSpan? _limit;
    private TimeSpan _nextDisconnectCheck = DisconnectCheckInterval;
    private CommandArguments? _arguments;

    public OperationContext(
        ServerServices server,
        ClientConnection connection,
        CommandRequest request,
        ReplyBuilder reply,
        CancellationToken stopping
    )
    {
        Server = server;
        _connection = connection;
        Request = request;
        Reply = reply;
        _stopping = stopping;
        _started = server.Time.GetTimestamp();
    }

    public ServerServices Server { get; }

    public CommandRequest Request { get; }

    public ReplyBuilder Reply { get; }

    public long ConnectionId => _connection.Id;

    public ClientAuthentication Authentication => _connection.Authentication;

    public CommandArguments Arguments => _arguments ??= new CommandArguments(Request.Name, Request.Arguments);

    /// <summary>The value of <c>$db</c>, or the database of the legacy handshake.</summary>
    public string Database =>
        Request.Arguments.TryGetValue("$db", out var database) && database is BsonString name
            ? name.Value
            : Request.LegacyDatabase ?? "admin";

    /// <summary>The collection in the command's first field, such as <c>{find: "movies"}</c>.</summary>
    public string CollectionName =>
        Arguments.Value is BsonString name
            ? name.Value
            : throw new MongoErrorException(
                MongoErrorCodes.InvalidNamespace,
                $"collection name has invalid type {CommandArguments.TypeName(Arguments.Value)}"
            );

    /// <summary>The time since the command started.</summary>
    public TimeSpan Elapsed => Server.Time.GetElapsedTime(_started);

    /// <summary>Sets <c>maxTimeMS</c>; zero means no limit.</summary>
    public void SetTimeLimit(long milliseconds) => _limit = milliseconds == 0 ? null : TimeSpan.FromMilliseconds(milliseconds);

    /// <summary>Throws if the command must stop. Long-running work calls it about every 100 documents.</summary>
    /// <exception cref="MongoErrorException">50 if <c>maxTimeMS</c> has elapsed, 11600 if the server is stopping, 11601 if the client has
    /// disconnected.</exception>
    public void CheckInterrupted()
    {
        if (_stopping.IsCancellationRequested)
            throw new MongoErrorException(MongoErrorCodes.InterruptedAtShutdown, "interrupted at shutdown");

        var elapsed = Elapsed;
        if (_limit is { } limit && elapsed >= limit)
            throw MongoErrorException.MaxTimeExpired();

        if (elapsed >= _nextDisconnectCheck)
        {
            _nextDisconnectCheck = elapsed + DisconnectCheckInterval;
            if (_connection.IsDisconnected)
                throw new MongoErrorException(MongoErrorCodes.Interrupted, "operation was interrupted because a client disconnected");
        }
    }
}
