using EmbeddedMongo.Errors;
using EmbeddedMongo.Wire;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands;

/// <summary>One running command: its request and answer, and the two reasons to stop early (its deadline; nobody waits any more).</summary>
internal sealed class OperationContext
{
    /// <summary>Looking at the socket is a system call: at most once in this time.</summary>
    private static readonly TimeSpan GoneCheckInterval = TimeSpan.FromMilliseconds(100);

    private readonly ClientConnection _connection;
    private readonly CancellationToken _stopping;
    private readonly long _started;
    private TimeSpan? _limit;
    private TimeSpan _nextGoneCheck = GoneCheckInterval;
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

    public CommandArguments Arguments => _arguments ??= new CommandArguments(Request.Name, Request.Arguments);

    /// <summary>The <c>$db</c> that the command addresses; <c>admin</c> for the legacy handshake.</summary>
    public string Database => Request.Arguments.TryGetValue("$db", out var database) && database is BsonString name ? name.Value : "admin";

    /// <summary>The collection that is the command's own value, such as <c>{find: "movies"}</c>.</summary>
    public string CollectionName =>
        Arguments.Value is BsonString name
            ? name.Value
            : throw new MongoErrorException(
                MongoErrorCodes.InvalidNamespace,
                $"collection name has invalid type {CommandArguments.TypeName(Arguments.Value)}"
            );

    /// <summary>Elapsed since the command came.</summary>
    public TimeSpan Elapsed => Server.Time.GetElapsedTime(_started);

    /// <summary>Sets <c>maxTimeMS</c>; zero means no limit.</summary>
    public void LimitTime(long milliseconds) => _limit = milliseconds == 0 ? null : TimeSpan.FromMilliseconds(milliseconds);

    /// <summary>Called every hundred documents or so.</summary>
    /// <exception cref="MongoErrorException">50 when <c>maxTimeMS</c> has passed, 11600 when the server stops, 11601 when the client is
    /// gone.</exception>
    public void CheckInterrupted()
    {
        if (_stopping.IsCancellationRequested)
            throw new MongoErrorException(MongoErrorCodes.InterruptedAtShutdown, "interrupted at shutdown");

        var elapsed = Elapsed;
        if (_limit is { } limit && elapsed >= limit)
            throw MongoErrorException.MaxTimeExpired();

        if (elapsed >= _nextGoneCheck)
        {
            _nextGoneCheck = elapsed + GoneCheckInterval;
            if (_connection.IsGone)
                throw new MongoErrorException(MongoErrorCodes.Interrupted, "operation was interrupted because a client disconnected");
        }
    }
}
