using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using MovieLms.Realtime.Connections;
using MovieLms.Realtime.Contracts;
using MovieLms.Realtime.Hubs;
using MovieLms.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace MovieLms.Realtime.Backplane;

/// <summary>
/// The rooms of all nodes. Each node keeps its own connections with SignalR's single-node manager, which it tells at once;
/// the other nodes hear of it over one channel in Redis. Nothing here waits for Redis: without it each node is on its own, and
/// <see cref="BackplaneKeeper"/> reads from the database what was not heard.
/// </summary>
internal sealed partial class ChatBackplane(
    DefaultHubLifetimeManager<ChatHub> local,
    OpenConnections connections,
    IConnectionMultiplexer redis,
    RedisNames names,
    ILogger<ChatBackplane> logger
) : HubLifetimeManager<ChatHub>
{
    private const int MaxFrameBytes = 128 * 1024;
    private readonly Guid _node = Guid.NewGuid();
    private readonly RedisChannel _channel = names.Channel("chat");
    private readonly ConcurrentDictionary<Guid, TaskCompletionSource> _echoes = new();
    private readonly Queue<(byte[] Call, bool MustArrive)> _calls = [];
    private readonly PendingCalls _unsaid = new();
    private bool _isTelling;

    /// <summary>Begins to hear the other nodes; the subscription outlives a loss of Redis.</summary>
    /// <exception cref="RedisException">Redis cannot be reached.</exception>
    internal async Task ListenAsync() =>
        (await redis.GetSubscriber().SubscribeAsync(_channel)).OnMessage(message => HearAsync(message.Message));

    /// <summary>Whether this node can be heard and hears: it says something and waits for it.</summary>
    internal async Task<bool> HearsAsync(TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        var name = Guid.NewGuid();
        var heard = _echoes[name] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await redis.GetSubscriber().PublishAsync(_channel, RoomFrame.Echo(_node, name));
            await heard.Task.WaitAsync(patience, time, cancellationToken);
            return true;
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            LogUnavailable(logger, e.GetType().Name);
            return false;
        }
        finally
        {
            _echoes.TryRemove(name, out _);
        }
    }

    /// <summary>Tells the others what they could not be told before.</summary>
    internal void SayAgain()
    {
        foreach (var call in _unsaid.Take())
            Post(call, mustArrive: true);
    }

    public override Task OnConnectedAsync(HubConnectionContext connection) => local.OnConnectedAsync(connection);

    public override Task OnDisconnectedAsync(HubConnectionContext connection) => local.OnDisconnectedAsync(connection);

    public override Task AddToGroupAsync(string connectionId, string groupName, CancellationToken cancellationToken = default) =>
        local.AddToGroupAsync(connectionId, groupName, cancellationToken);

    public override Task RemoveFromGroupAsync(string connectionId, string groupName, CancellationToken cancellationToken = default) =>
        local.RemoveFromGroupAsync(connectionId, groupName, cancellationToken);

    public override Task SendGroupAsync(string groupName, string methodName, object?[] args, CancellationToken cancellationToken = default)
    {
        Post([groupName], null, methodName, args);
        return SayHereAsync(groupName, null, methodName, args);
    }

    public override Task SendGroupExceptAsync(
        string groupName,
        string methodName,
        object?[] args,
        IReadOnlyList<string> excludedConnectionIds,
        CancellationToken cancellationToken = default
    )
    {
        Post([groupName], excludedConnectionIds, methodName, args);
        return SayHereAsync(groupName, excludedConnectionIds, methodName, args);
    }

    public override Task SendGroupsAsync(
        IReadOnlyList<string> groupNames,
        string methodName,
        object?[] args,
        CancellationToken cancellationToken = default
    )
    {
        Post(groupNames, null, methodName, args);
        return Task.WhenAll(groupNames.Select(group => SayHereAsync(group, null, methodName, args)));
    }

    // A connection is told by the node that holds it.
    public override Task SendConnectionAsync(
        string connectionId,
        string methodName,
        object?[] args,
        CancellationToken cancellationToken = default
    ) => local.SendConnectionAsync(connectionId, methodName, args, cancellationToken);

    public override Task SendConnectionsAsync(
        IReadOnlyList<string> connectionIds,
        string methodName,
        object?[] args,
        CancellationToken cancellationToken = default
    ) => local.SendConnectionsAsync(connectionIds, methodName, args, cancellationToken);

    public override Task SendUserAsync(string userId, string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        throw NotRooms();

    public override Task SendUsersAsync(
        IReadOnlyList<string> userIds,
        string methodName,
        object?[] args,
        CancellationToken cancellationToken = default
    ) => throw NotRooms();

    public override Task SendAllAsync(string methodName, object?[] args, CancellationToken cancellationToken = default) => throw NotRooms();

    public override Task SendAllExceptAsync(
        string methodName,
        object?[] args,
        IReadOnlyList<string> excludedConnectionIds,
        CancellationToken cancellationToken = default
    ) => throw NotRooms();

    /// <summary>Says something to a group's connections of this node only. A user's group is not kept: it is who is connected.</summary>
    internal Task SayHereAsync(string group, IReadOnlyList<string>? except, string name, object?[] arguments)
    {
        if (Audience.UserOf(group) is { } userId)
            return Task.WhenAll(connections.Of(userId).Select(connection => local.SendConnectionAsync(connection.Id, name, arguments)));
        return except is null ? local.SendGroupAsync(group, name, arguments) : local.SendGroupExceptAsync(group, name, arguments, except);
    }

    private static NotSupportedException NotRooms() =>
        new($"The hub speaks to rooms, to a user's group ({nameof(Audience)}) and to single connections.");

    private void Post(IReadOnlyList<string> groups, IReadOnlyList<string>? except, string name, object?[] arguments)
    {
        ChatMetrics.Broadcast(name, isLocal: true);
        // What is said of messages must arrive; who comes, goes and types is said afresh anyhow.
        Post(RoomCall.Write(groups, except, name, arguments), mustArrive: arguments is [ChatMessage]);
    }

    /// <summary>
    /// Tells the other nodes, in the order of the calls, without waiting; what comes while a frame is under way is the next one.
    /// </summary>
    private void Post(byte[] call, bool mustArrive)
    {
        lock (_calls)
        {
            _calls.Enqueue((call, mustArrive));
            if (_isTelling)
                return;
            _isTelling = true;
        }
        _ = TellAsync();
    }

    private async Task TellAsync()
    {
        while (NextCalls() is { Count: > 0 } calls)
        {
            try
            {
                await redis.GetSubscriber().PublishAsync(_channel, RoomFrame.Calls(_node, [.. calls.Select(call => call.Call)]));
            }
            catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
            {
                LogUnavailable(logger, e.GetType().Name);
                foreach (var (call, mustArrive) in calls)
                {
                    if (mustArrive)
                        _unsaid.Add(call);
                }
            }
        }
    }

    private List<(byte[] Call, bool MustArrive)> NextCalls()
    {
        var calls = new List<(byte[] Call, bool MustArrive)>();
        lock (_calls)
        {
            for (var bytes = 0; bytes < MaxFrameBytes && _calls.TryDequeue(out var call); bytes += call.Call.Length)
                calls.Add(call);
            _isTelling = calls.Count > 0;
        }
        return calls;
    }

    private async Task HearAsync(RedisValue value)
    {
        try
        {
            var frame = (byte[]?)value ?? [];
            if (RoomFrame.EchoName(frame) is { } name)
            {
                if (_echoes.TryGetValue(name, out var heard))
                    heard.TrySetResult();
                return;
            }
            if (RoomFrame.IsOf(_node, frame))
                return;
            foreach (var call in RoomFrame.Read(frame))
            {
                var arguments = call.ReadArguments();
                ChatMetrics.Broadcast(call.Event, isLocal: false);
                foreach (var group in call.Groups)
                    await SayHereAsync(group, call.Except, call.Event, arguments);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or IOException)
        {
            LogUnreadable(logger, e.GetType().Name);
        }
    }

    [LoggerMessage(LogLevel.Debug, "The other nodes cannot be told or heard ({Reason})")]
    private static partial void LogUnavailable(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Warning, "What another node said was not passed on ({Reason}): it may be of another release")]
    private static partial void LogUnreadable(ILogger logger, string reason);
}
