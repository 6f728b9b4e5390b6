using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.StackExchangeRedis;
using MovieLms.Realtime.Chat;
using StackExchange.Redis;

namespace MovieLms.Realtime.Backplane;

/// <summary>
/// SignalR's own Redis backplane while Redis is there, and SignalR's own single-node manager while it is away: the stock
/// backplane alone refuses every connection and every message then. A backplane that failed is thrown away, since what it
/// had not subscribed to it never will; a new one takes all connections of this node over (<see cref="BackplaneKeeper"/>).
/// </summary>
internal sealed partial class ChatBackplane(DefaultHubLifetimeManager<ChatHub> local, ILogger<ChatBackplane> logger) : HubLifetimeManager<ChatHub>
{
    private readonly ConcurrentDictionary<string, Member> _members = new(StringComparer.Ordinal);
    private volatile RedisHubLifetimeManager<ChatHub>? _redis;

    /// <summary>False while each node is on its own.</summary>
    internal bool IsJoined => _redis is not null;

    /// <summary>Hands all connections to a new backplane, and then uses it.</summary>
    internal async Task JoinAsync(RedisHubLifetimeManager<ChatHub> redis)
    {
        foreach (var member in _members.Values) await member.RegisterAsync(redis);
        _redis = redis;
        // Those that came meanwhile.
        foreach (var member in _members.Values) await member.RegisterAsync(redis);
    }

    public override async Task OnConnectedAsync(HubConnectionContext connection)
    {
        await local.OnConnectedAsync(connection);
        var member = _members[connection.ConnectionId] = new Member(connection);
        await TryAsync(member.RegisterAsync);
    }

    public override async Task OnDisconnectedAsync(HubConnectionContext connection)
    {
        await local.OnDisconnectedAsync(connection);
        if (_members.TryRemove(connection.ConnectionId, out var member)) await TryAsync(redis => member.ForgetAsync(redis));
    }

    public override async Task AddToGroupAsync(string connectionId, string groupName, CancellationToken cancellationToken = default)
    {
        if (!_members.TryGetValue(connectionId, out var member)) return;
        await local.AddToGroupAsync(connectionId, groupName, cancellationToken);
        if (!await TryAsync(redis => member.AddAsync(redis, groupName, cancellationToken))) member.Note(groupName);
    }

    public override async Task RemoveFromGroupAsync(string connectionId, string groupName, CancellationToken cancellationToken = default)
    {
        if (!_members.TryGetValue(connectionId, out var member)) return;
        await local.RemoveFromGroupAsync(connectionId, groupName, cancellationToken);
        await TryAsync(redis => member.RemoveAsync(redis, groupName, cancellationToken));
    }

    public override Task SendGroupAsync(string groupName, string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        SendAsync(manager => manager.SendGroupAsync(groupName, methodName, args, cancellationToken));

    public override Task SendGroupExceptAsync(
        string groupName, string methodName, object?[] args, IReadOnlyList<string> excludedConnectionIds, CancellationToken cancellationToken = default) =>
        SendAsync(manager => manager.SendGroupExceptAsync(groupName, methodName, args, excludedConnectionIds, cancellationToken));

    public override Task SendGroupsAsync(IReadOnlyList<string> groupNames, string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        SendAsync(manager => manager.SendGroupsAsync(groupNames, methodName, args, cancellationToken));

    // Connections are told by the node that holds them: never by Redis.
    public override Task SendConnectionAsync(string connectionId, string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        local.SendConnectionAsync(connectionId, methodName, args, cancellationToken);

    public override Task SendConnectionsAsync(IReadOnlyList<string> connectionIds, string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        local.SendConnectionsAsync(connectionIds, methodName, args, cancellationToken);

    public override Task SendUserAsync(string userId, string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        SendAsync(manager => manager.SendUserAsync(userId, methodName, args, cancellationToken));

    public override Task SendUsersAsync(IReadOnlyList<string> userIds, string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        SendAsync(manager => manager.SendUsersAsync(userIds, methodName, args, cancellationToken));

    public override Task SendAllAsync(string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        SendAsync(manager => manager.SendAllAsync(methodName, args, cancellationToken));

    public override Task SendAllExceptAsync(string methodName, object?[] args, IReadOnlyList<string> excludedConnectionIds, CancellationToken cancellationToken = default) =>
        SendAsync(manager => manager.SendAllExceptAsync(methodName, args, excludedConnectionIds, cancellationToken));

    /// <summary>Says something to a room's connections of this node only.</summary>
    internal Task SendLocallyAsync(string groupName, string methodName, object?[] args) => local.SendGroupAsync(groupName, methodName, args);

    private async Task SendAsync(Func<HubLifetimeManager<ChatHub>, Task> send)
    {
        if (!await TryAsync(send)) await send(local);
    }

    /// <returns>False when there is no backplane, or it failed now.</returns>
    private async Task<bool> TryAsync(Func<RedisHubLifetimeManager<ChatHub>, Task> act)
    {
        if (_redis is not { } redis) return false;
        try
        {
            await act(redis);
            return true;
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            if (Interlocked.CompareExchange(ref _redis, null, redis) == redis)
            {
                LogAway(logger, e.GetType().Name);
                redis.Dispose();
            }
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The backplane is away ({Reason}): this node is on its own until Redis is back")]
    private static partial void LogAway(ILogger logger, string reason);

    /// <summary>A connection with its groups, and the backplane that knows of it.</summary>
    private sealed class Member(HubConnectionContext connection)
    {
        private readonly SemaphoreSlim _gate = new(1);
        private readonly HashSet<string> _groups = new(StringComparer.Ordinal);
        private RedisHubLifetimeManager<ChatHub>? _known;
        private bool _isGone;

        internal Task RegisterAsync(RedisHubLifetimeManager<ChatHub> redis) => InTurnAsync(redis, null);

        internal Task AddAsync(RedisHubLifetimeManager<ChatHub> redis, string group, CancellationToken cancellationToken)
        {
            Note(group);
            return InTurnAsync(redis, () => redis.AddToGroupAsync(connection.ConnectionId, group, cancellationToken));
        }

        internal Task RemoveAsync(RedisHubLifetimeManager<ChatHub> redis, string group, CancellationToken cancellationToken)
        {
            lock (_groups) _groups.Remove(group);
            return InTurnAsync(redis, () => redis.RemoveFromGroupAsync(connection.ConnectionId, group, cancellationToken));
        }

        internal Task ForgetAsync(RedisHubLifetimeManager<ChatHub> redis)
        {
            _isGone = true;
            return _known == redis ? redis.OnDisconnectedAsync(connection) : Task.CompletedTask;
        }

        internal void Note(string group)
        {
            lock (_groups) _groups.Add(group);
        }

        private async Task InTurnAsync(RedisHubLifetimeManager<ChatHub> redis, Func<Task>? act)
        {
            await _gate.WaitAsync(connection.ConnectionAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_isGone || connection.ConnectionAborted.IsCancellationRequested) return;
            try
            {
                if (_known != redis)
                {
                    await redis.OnConnectedAsync(connection);
                    _known = redis;
                    string[] groups;
                    lock (_groups) groups = [.. _groups];
                    foreach (var group in groups) await redis.AddToGroupAsync(connection.ConnectionId, group, CancellationToken.None);
                }
                if (act is not null) await act();
            }
            finally
            {
                _gate.Release();
            }
        }
    }
}
