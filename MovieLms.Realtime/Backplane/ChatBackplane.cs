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
        foreach (var member in _members.Values) await member.TellAsync(redis);
        _redis = redis;
        // Those that came meanwhile.
        foreach (var member in _members.Values) await member.TellAsync(redis);
    }

    /// <summary>
    /// Throws a backplane away that has failed or lost its connection, even for a moment: what the others said meanwhile was
    /// not heard, and is read from the database when a new one is joined.
    /// </summary>
    internal void Leave(RedisHubLifetimeManager<ChatHub> redis, string reason)
    {
        if (Interlocked.CompareExchange(ref _redis, null, redis) != redis) return;
        LogAway(logger, reason);
        redis.Dispose();
    }

    public override async Task OnConnectedAsync(HubConnectionContext connection)
    {
        await local.OnConnectedAsync(connection);
        var member = _members[connection.ConnectionId] = new Member(connection);
        await TryAsync(member.TellAsync);
    }

    public override async Task OnDisconnectedAsync(HubConnectionContext connection)
    {
        await local.OnDisconnectedAsync(connection);
        if (_members.TryRemove(connection.ConnectionId, out var member)) await TryAsync(redis => member.ForgetAsync(redis));
    }

    public override async Task AddToGroupAsync(string connectionId, string groupName, CancellationToken cancellationToken = default)
    {
        if (!_members.TryGetValue(connectionId, out var member)) return;
        member.Note(groupName, isIn: true);
        await local.AddToGroupAsync(connectionId, groupName, cancellationToken);
        await TryAsync(member.TellAsync);
    }

    public override async Task RemoveFromGroupAsync(string connectionId, string groupName, CancellationToken cancellationToken = default)
    {
        if (!_members.TryGetValue(connectionId, out var member)) return;
        member.Note(groupName, isIn: false);
        await local.RemoveFromGroupAsync(connectionId, groupName, cancellationToken);
        await TryAsync(member.TellAsync);
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
            Leave(redis, e.GetType().Name);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The backplane is away ({Reason}): this node is on its own until Redis is back")]
    private static partial void LogAway(ILogger logger, string reason);

    /// <summary>A connection with the groups it shall be in, and what the present backplane was told of it.</summary>
    private sealed class Member(HubConnectionContext connection)
    {
        private readonly SemaphoreSlim _gate = new(1);
        private readonly HashSet<string> _groups = new(StringComparer.Ordinal);
        private readonly HashSet<string> _told = new(StringComparer.Ordinal);
        private RedisHubLifetimeManager<ChatHub>? _known;
        private bool _isGone;

        internal void Note(string group, bool isIn)
        {
            lock (_groups)
            {
                if (isIn) _groups.Add(group);
                else _groups.Remove(group);
            }
        }

        /// <summary>Tells a backplane what it does not know yet.</summary>
        internal async Task TellAsync(RedisHubLifetimeManager<ChatHub> redis)
        {
            await _gate.WaitAsync();
            try
            {
                if (_isGone) return;
                if (_known != redis)
                {
                    _told.Clear();
                    await redis.OnConnectedAsync(connection);
                    _known = redis;
                }
                string[] entered, left;
                lock (_groups) (entered, left) = ([.. _groups.Except(_told)], [.. _told.Except(_groups)]);
                foreach (var group in entered)
                {
                    await redis.AddToGroupAsync(connection.ConnectionId, group, CancellationToken.None);
                    _told.Add(group);
                }
                foreach (var group in left)
                {
                    await redis.RemoveFromGroupAsync(connection.ConnectionId, group, CancellationToken.None);
                    _told.Remove(group);
                }
            }
            finally
            {
                _gate.Release();
            }
        }

        internal async Task ForgetAsync(RedisHubLifetimeManager<ChatHub> redis)
        {
            await _gate.WaitAsync();
            try
            {
                _isGone = true;
                if (_known == redis) await redis.OnDisconnectedAsync(connection);
            }
            finally
            {
                _gate.Release();
            }
        }
    }
}
