using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Identity;
using MovieLms.Realtime.Connections;
using MovieLms.Realtime.Contracts;
using MovieLms.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace MovieLms.Realtime.Presence;

/// <summary>
/// Tracks the users in each room across all nodes. Redis holds each connection and each user with an expiry time. A user in a
/// room's set has been announced, so a user with several connections joins and leaves only once. While Redis is unavailable,
/// each node knows only its own users.
/// </summary>
internal sealed partial class RoomPresence(
    OpenConnections connections,
    IConnectionMultiplexer redis,
    RedisNames names,
    IHubClients<IChatClient> clients,
    UserStore users,
    IOptions<RealtimeOptions> options,
    TimeProvider time,
    ILogger<RoomPresence> logger
) : IDisposable
{
    private const int MaxMembers = 1_000;

    /// <summary>Number of concurrent calls to Redis.</summary>
    private const int BatchSize = 256;

    /// <summary>After this time a snapshot has reached the clients of the other nodes and can no longer overtake a later event.</summary>
    private static readonly TimeSpan MaxDeliveryTime = TimeSpan.FromSeconds(1);

    /// <summary>Rooms whose clients may show outdated members, with the last snapshot sent, or null before the first.</summary>
    private readonly ConcurrentDictionary<string, SentSnapshot?> _outdated = new(StringComparer.Ordinal);

    /// <summary>Serializes the passes: concurrent ones could send an older snapshot after a newer one.</summary>
    private readonly SemaphoreSlim _reconciling = new(1);

    /// <summary>
    /// KEYS: the user's connections, the room's users. ARGV: now, expiry, connection, user, key lifetime. Returns 1 for a user's
    /// first connection.
    /// </summary>
    private const string JoinScript = """
        redis.call('ZADD', KEYS[1], ARGV[2], ARGV[3])
        redis.call('PEXPIRE', KEYS[1], ARGV[5])
        local fresh = redis.call('ZADD', KEYS[2], ARGV[2], ARGV[4])
        redis.call('PEXPIRE', KEYS[2], ARGV[5])
        return fresh
        """;

    /// <summary>Same keys and arguments. Returns 1 for a user's last connection.</summary>
    private const string LeaveScript = """
        redis.call('ZREM', KEYS[1], ARGV[3])
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
        if redis.call('ZCARD', KEYS[1]) > 0 then return 0 end
        return redis.call('ZREM', KEYS[2], ARGV[4])
        """;

    /// <summary>KEYS: the room's users. ARGV: now. Removes expired users and returns them, to one caller only.</summary>
    private const string SweepScript = """
        local expired = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
        for _, user in ipairs(expired) do redis.call('ZREM', KEYS[1], user) end
        return expired
        """;

    internal async Task JoinAsync(string room, OpenConnection connection)
    {
        var isFirst = await TouchAsync(room, connection) ?? !OtherConnections(room, connection).Any();
        if (await RemoveIfLeftAsync(room, connection))
            return;
        if (isFirst)
            await clients.GroupExcept(room, connection.Id).UserJoined(new MemberEvent(room, connection.User));
    }

    internal async Task LeaveAsync(string room, OpenConnection connection)
    {
        var result = await TryAsync(database => database.ScriptEvaluateAsync(LeaveScript, Keys(room, connection), Arguments(connection)));
        var isLast = result is null ? !OtherConnections(room, connection).Any() : (int)result == 1;
        if (isLast)
            await clients.Group(room).UserLeft(new MemberEvent(room, connection.User));
    }

    /// <summary>Returns the users in a room, with their names.</summary>
    internal async Task<ChatUser[]> GetMembersAsync(string room, CancellationToken cancellationToken) =>
        await AddNamesAsync(room, await FindUserIdsAsync(room) ?? [], cancellationToken);

    /// <summary>Sends a snapshot to each of this node's rooms, whose clients may have missed joins and leaves.</summary>
    internal Task SendSnapshotsAsync(CancellationToken cancellationToken)
    {
        foreach (var room in LocalRooms())
            _outdated[room] = null;
        return ReconcileAsync(cancellationToken);
    }

    /// <summary>
    /// Renews the entries of this node's connections and announces users whose entries expired. If an entry of this node is
    /// missing, because Redis lost it or the node was too slow, the other clients assume that the user left. The room then
    /// receives a snapshot.
    /// </summary>
    internal async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        await _reconciling.WaitAsync(cancellationToken);
        try
        {
            await RunPassAsync(cancellationToken);
        }
        finally
        {
            _reconciling.Release();
        }
    }

    private async Task RunPassAsync(CancellationToken cancellationToken)
    {
        if (await RenewAsync() is not { } missed)
            return;
        foreach (var room in missed)
            _outdated[room] = null;
        foreach (var (room, sent) in _outdated)
        {
            if (!await SendSnapshotAsync(room, sent, cancellationToken))
                return;
        }
        await SweepAsync(cancellationToken);
    }

    /// <summary>
    /// Sends a room's members, unless they equal the last snapshot. A client that receives a join before a snapshot taken earlier
    /// loses that join, so the room stays marked as outdated until a later pass finds the same members.
    /// </summary>
    /// <returns>False while Redis is unavailable.</returns>
    private async Task<bool> SendSnapshotAsync(string room, SentSnapshot? sent, CancellationToken cancellationToken)
    {
        if (await FindUserIdsAsync(room) is not { } userIds)
            return false;
        if (sent is null || !sent.Members.SetEquals(userIds))
        {
            var members = await AddNamesAsync(room, userIds, cancellationToken);
            await clients.Group(room).PresenceChanged(new PresenceSnapshot(room, members));
            _outdated.TryUpdate(room, new SentSnapshot([.. userIds], time.GetTimestamp()), sent);
        }
        else if (time.GetElapsedTime(sent.At) >= MaxDeliveryTime)
        {
            _outdated.TryRemove(KeyValuePair.Create<string, SentSnapshot?>(room, sent));
        }
        return true;
    }

    public void Dispose() => _reconciling.Dispose();

    /// <returns>The rooms in which an entry of this node was missing; null while Redis is unavailable.</returns>
    private async Task<HashSet<string>?> RenewAsync()
    {
        var missed = new HashSet<string>(StringComparer.Ordinal);
        foreach (
            var batch in connections
                .All.SelectMany(connection => connection.Rooms, (connection, room) => (Room: room, Connection: connection))
                .Chunk(BatchSize)
        )
        {
            var touched = await Task.WhenAll(batch.Select(entry => TouchAsync(entry.Room, entry.Connection)));
            for (var i = 0; i < batch.Length; i++)
            {
                if (touched[i] is not { } isFirst)
                    return null;
                if (await RemoveIfLeftAsync(batch[i].Room, batch[i].Connection))
                    continue;
                if (isFirst)
                    missed.Add(batch[i].Room);
            }
        }
        return missed;
    }

    /// <returns>The IDs of the users in a room; null while Redis is unavailable.</returns>
    private async Task<string[]?> FindUserIdsAsync(string room)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return (await TryAsync(database => database.SortedSetRangeByScoreAsync(RoomKey(room), now, take: MaxMembers)))
            ?.Select(value => value.ToString())
            .ToArray();
    }

    private async Task<ChatUser[]> AddNamesAsync(string room, string[] userIds, CancellationToken cancellationToken)
    {
        var local = connections
            .All.Where(connection => connection.IsIn(room))
            .Select(connection => connection.User)
            .DistinctBy(user => user.Id)
            .ToDictionary(user => user.Id);
        var remote = userIds.Where(id => !local.ContainsKey(id) && ObjectId.TryParse(id, out _)).ToArray();
        var usernames = remote.Length == 0 ? null : await users.GetNamesAsync([.. remote.Select(ObjectId.Parse)], cancellationToken);
        return [.. local.Values, .. remote.Select(id => new ChatUser(id, usernames!.GetValueOrDefault(ObjectId.Parse(id))))];
    }

    /// <summary>Announces that users left whose node has died.</summary>
    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        foreach (var room in LocalRooms())
        {
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            if (await TryAsync(database => database.ScriptEvaluateAsync(SweepScript, [RoomKey(room)], [now])) is not { } result)
                return;
            var expired = ((RedisValue[]?)result ?? []).Select(value => value.ToString()).ToArray();
            if (expired.Length == 0)
                continue;
            var usernames = await users.GetNamesAsync(
                [.. expired.Where(id => ObjectId.TryParse(id, out _)).Select(ObjectId.Parse)],
                cancellationToken
            );
            foreach (var id in expired)
            {
                var username = ObjectId.TryParse(id, out var user) ? usernames.GetValueOrDefault(user) : null;
                await clients.Group(room).UserLeft(new MemberEvent(room, new ChatUser(id, username)));
            }
        }
    }

    /// <summary>Removes a connection that left the room, or closed, while it was being recorded as present.</summary>
    private async Task<bool> RemoveIfLeftAsync(string room, OpenConnection connection)
    {
        if (connection.IsIn(room) && connections.Find(connection.Id) == connection)
            return false;
        await LeaveAsync(room, connection);
        return true;
    }

    private string[] LocalRooms() => [.. connections.All.SelectMany(connection => connection.Rooms).Distinct()];

    private IEnumerable<OpenConnection> OtherConnections(string room, OpenConnection connection) =>
        connections.GetByUser(connection.Token.UserId).Where(other => other.Id != connection.Id && other.IsIn(room));

    /// <returns>True for a user's first connection in the room; null while Redis is unavailable.</returns>
    private async Task<bool?> TouchAsync(string room, OpenConnection connection) =>
        await TryAsync(database => database.ScriptEvaluateAsync(JoinScript, Keys(room, connection), Arguments(connection))) is { } result
            ? (int)result == 1
            : null;

    private RedisKey RoomKey(string room) => names.GetKey($"presence:{room}");

    private RedisKey[] Keys(string room, OpenConnection connection) =>
        [names.GetKey($"presence:{room}:{connection.Token.UserId}"), RoomKey(room)];

    private RedisValue[] Arguments(OpenConnection connection)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var lifetime = (long)options.Value.PresenceTtl.TotalMilliseconds;
        // The keys outlive the entries, so that the sweep still finds the users to announce.
        return [now, now + lifetime, connection.Id, connection.Token.UserId, lifetime * 4];
    }

    private async Task<T?> TryAsync<T>(Func<IDatabase, Task<T>> command)
        where T : class
    {
        if (!redis.IsConnected)
            return null;
        try
        {
            return await command(redis.GetDatabase());
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            LogLocal(logger, e.GetType().Name);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Debug, "Redis is unavailable ({Reason}): each node knows only its own users")]
    private static partial void LogLocal(ILogger logger, string reason);

    /// <summary>A snapshot that was sent to a room.</summary>
    /// <param name="Members">User IDs.</param>
    /// <param name="At">Timestamp of <see cref="TimeProvider"/>, taken after sending.</param>
    private sealed record SentSnapshot(HashSet<string> Members, long At);
}
