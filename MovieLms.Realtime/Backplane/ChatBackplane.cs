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
/// Broadcasts to rooms across all nodes. Each node sends to its own connections at once, through SignalR's single-node
/// manager, and publishes to the other nodes over one Redis channel. Nothing here waits for Redis: during an outage each node
/// runs on its own, and <see cref="BackplaneMonitor"/> reads the missed messages from the database.
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
    private readonly RedisChannel _channel = names.GetChannel("chat");
    private readonly ConcurrentDictionary<Guid, TaskCompletionSource> _echoes = new();
    private readonly Queue<(byte[] Call, bool MustArrive)> _calls = [];
    private readonly PendingCalls _pending = new();
    private bool _isPublishing;

    /// <summary>Subscribes to the other nodes. The subscription survives an outage of Redis.</summary>
    /// <exception cref="RedisException">Redis is unreachable.</exception>
    internal async Task SubscribeAsync() =>
        (await redis.GetSubscriber().SubscribeAsync(_channel)).OnMessage(message => ReceiveAsync(message.Message));

    /// <summary>Publishes an echo and waits until this node receives it.</summary>
    /// <returns>True when the echo arrived within the timeout.</returns>
    internal async Task<bool> PingAsync(TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid();
        var received = _echoes[id] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await redis.GetSubscriber().PublishAsync(_channel, RoomFrame.Echo(_node, id));
            await received.Task.WaitAsync(timeout, time, cancellationToken);
            return true;
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            LogUnavailable(logger, e.GetType().Name);
            return false;
        }
        finally
        {
            _echoes.TryRemove(id, out _);
        }
    }

    /// <summary>Publishes the calls that could not be published during an outage.</summary>
    internal void PublishPending()
    {
        foreach (var call in _pending.TakeAll())
            Enqueue(call, mustArrive: true);
    }

    public override Task OnConnectedAsync(HubConnectionContext connection) => local.OnConnectedAsync(connection);

    public override Task OnDisconnectedAsync(HubConnectionContext connection) => local.OnDisconnectedAsync(connection);

    public override Task AddToGroupAsync(string connectionId, string groupName, CancellationToken cancellationToken = default) =>
        local.AddToGroupAsync(connectionId, groupName, cancellationToken);

    public override Task RemoveFromGroupAsync(string connectionId, string groupName, CancellationToken cancellationToken = default) =>
        local.RemoveFromGroupAsync(connectionId, groupName, cancellationToken);

    public override Task SendGroupAsync(string groupName, string methodName, object?[] args, CancellationToken cancellationToken = default)
    {
        Enqueue([groupName], null, methodName, args);
        return SendLocallyAsync(groupName, null, methodName, args);
    }

    public override Task SendGroupExceptAsync(
        string groupName,
        string methodName,
        object?[] args,
        IReadOnlyList<string> excludedConnectionIds,
        CancellationToken cancellationToken = default
    )
    {
        Enqueue([groupName], excludedConnectionIds, methodName, args);
        return SendLocallyAsync(groupName, excludedConnectionIds, methodName, args);
    }

    public override Task SendGroupsAsync(
        IReadOnlyList<string> groupNames,
        string methodName,
        object?[] args,
        CancellationToken cancellationToken = default
    )
    {
        Enqueue(groupNames, null, methodName, args);
        return Task.WhenAll(groupNames.Select(group => SendLocallyAsync(group, null, methodName, args)));
    }

    // Only the node that holds a connection sends to it.
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
        throw Unsupported();

    public override Task SendUsersAsync(
        IReadOnlyList<string> userIds,
        string methodName,
        object?[] args,
        CancellationToken cancellationToken = default
    ) => throw Unsupported();

    public override Task SendAllAsync(string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        throw Unsupported();

    public override Task SendAllExceptAsync(
        string methodName,
        object?[] args,
        IReadOnlyList<string> excludedConnectionIds,
        CancellationToken cancellationToken = default
    ) => throw Unsupported();

    /// <summary>
    /// Sends to a group's connections on this node only. A user's group has no members of its own: it is the user's connections.
    /// </summary>
    internal Task SendLocallyAsync(string group, IReadOnlyList<string>? except, string name, object?[] arguments)
    {
        if (Audience.GetUserId(group) is { } userId)
        {
            return Task.WhenAll(
                connections.GetByUser(userId).Select(connection => local.SendConnectionAsync(connection.Id, name, arguments))
            );
        }

        return except is null ? local.SendGroupAsync(group, name, arguments) : local.SendGroupExceptAsync(group, name, arguments, except);
    }

    private static NotSupportedException Unsupported() =>
        new($"The hub sends only to rooms, to a user's group ({nameof(Audience)}) and to single connections.");

    private void Enqueue(IReadOnlyList<string> groups, IReadOnlyList<string>? except, string name, object?[] arguments)
    {
        ChatMetrics.Broadcast(name, isLocal: true);
        // Chat messages must arrive. Presence and typing events are superseded by newer ones anyway.
        Enqueue(RoomCall.Write(groups, except, name, arguments), mustArrive: arguments is [ChatMessage]);
    }

    /// <summary>
    /// Publishes to the other nodes, in call order and without waiting. Calls that arrive while a frame is being sent form the
    /// next frame.
    /// </summary>
    private void Enqueue(byte[] call, bool mustArrive)
    {
        lock (_calls)
        {
            _calls.Enqueue((call, mustArrive));
            if (_isPublishing)
                return;
            _isPublishing = true;
        }
        _ = PublishAsync();
    }

    private async Task PublishAsync()
    {
        while (DequeueCalls() is { Count: > 0 } calls)
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
                        _pending.Add(call);
                }
            }
        }
    }

    private List<(byte[] Call, bool MustArrive)> DequeueCalls()
    {
        var calls = new List<(byte[] Call, bool MustArrive)>();
        lock (_calls)
        {
            for (var bytes = 0; bytes < MaxFrameBytes && _calls.TryDequeue(out var call); bytes += call.Call.Length)
                calls.Add(call);
            _isPublishing = calls.Count > 0;
        }
        return calls;
    }

    private async Task ReceiveAsync(RedisValue value)
    {
        try
        {
            var frame = (byte[]?)value ?? [];
            if (RoomFrame.GetEchoId(frame) is { } echoId)
            {
                if (_echoes.TryGetValue(echoId, out var received))
                    received.TrySetResult();
                return;
            }
            if (RoomFrame.IsFrom(_node, frame))
                return;
            foreach (var call in RoomFrame.Read(frame))
                await DeliverAsync(call);
        }
        catch (JsonException e)
        {
            LogUnreadable(logger, e.GetType().Name);
        }
    }

    /// <summary>Delivers a call. A call that this release cannot read does not affect the others of its frame.</summary>
    private async Task DeliverAsync(RoomCall call)
    {
        try
        {
            var arguments = call.ReadArguments();
            ChatMetrics.Broadcast(call.Event, isLocal: false);
            foreach (var group in call.Groups)
                await SendLocallyAsync(group, call.Except, call.Event, arguments);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or IOException)
        {
            LogUnreadable(logger, e.GetType().Name);
        }
    }

    [LoggerMessage(LogLevel.Debug, "The other nodes are unreachable ({Reason})")]
    private static partial void LogUnavailable(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Warning, "Dropped an unreadable message of another node ({Reason}); the node may run another release")]
    private static partial void LogUnreadable(ILogger logger, string reason);
}
