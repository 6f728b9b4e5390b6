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
    private TaskCompletionSource? _waiting;
    private int _killed;

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

    public string ClientAddress => _connection.RemoteAddress;

    /// <summary>The <c>opid</c>, set while the command is running.</summary>
    public int Id { get; set; }

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
    /// disconnected or <c>killOp</c> was called.</exception>
    public void CheckInterrupted()
    {
        if (_stopping.IsCancellationRequested)
            throw new MongoErrorException(MongoErrorCodes.InterruptedAtShutdown, "interrupted at shutdown");

        if (Volatile.Read(ref _killed) != 0)
            throw new MongoErrorException(MongoErrorCodes.Interrupted, "operation was interrupted");

        var elapsed = Elapsed;
        if (_limit is { } limit && elapsed >= limit)
            throw MongoErrorException.MaxTimeExpired();

        if (elapsed >= _nextDisconnectCheck)
        {
            _nextDisconnectCheck = elapsed + DisconnectCheckInterval;
            CheckConnected();
        }
    }

    /// <summary>Interrupts the command (<c>killOp</c>).</summary>
    public void Kill()
    {
        Interlocked.Exchange(ref _killed, 1);
        Volatile.Read(ref _waiting)?.TrySetResult();
    }

    /// <summary>
    /// Waits for one of two events for up to <paramref name="timeout"/>, without holding a thread. Stops waiting for the reasons of
    /// <see cref="CheckInterrupted"/>.
    /// </summary>
    public async Task WaitAsync(Task first, Task second, TimeSpan timeout)
    {
        var killed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _waiting, killed);
        CheckInterrupted();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_stopping);
        var input = _connection.WaitForInputAsync(ending.Token);
        var others = Task.WhenAny(first, second, killed.Task, Task.Delay(timeout, Server.Time, ending.Token));

        // A client that only sends its next command early is still connected.
        if (await Task.WhenAny(others, input) == input && !_connection.IsDisconnected)
            await others;

        await ending.CancelAsync();
        await input;
        CheckConnected();
        CheckInterrupted();
    }

    private void CheckConnected()
    {
        if (_connection.IsDisconnected)
            throw new MongoErrorException(MongoErrorCodes.Interrupted, "operation was interrupted because a client disconnected");
    }
}
