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
/// Who is in which room, on all nodes: in Redis, each connection and each user with a time until which they count. Being in
/// the room's set is having been announced, so that a user with many connections comes and goes once. While Redis is away
/// each node knows its own.
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
    private const int MaxShown = 1_000;

    /// <summary>Calls to Redis that are sent before the first is answered.</summary>
    private const int AtOnce = 256;

    /// <summary>By then a snapshot has reached the clients of the other nodes, and no longer overtakes a later event.</summary>
    private static readonly TimeSpan DeliveryTime = TimeSpan.FromSeconds(1);

    /// <summary>The rooms whose members may be wrong in a client, with the snapshot sent last; null before the first.</summary>
    private readonly ConcurrentDictionary<string, SentSnapshot?> _unsure = new(StringComparer.Ordinal);

    /// <summary>Two passes at once could send an older snapshot after a newer one.</summary>
    private readonly SemaphoreSlim _keeping = new(1);

    /// <summary>
    /// KEYS: the user's connections, the room's users. ARGV: now, until, connection, user, lifetime. Answers 1 for a user's first.
    /// </summary>
    private const string JoinScript = """
        redis.call('ZADD', KEYS[1], ARGV[2], ARGV[3])
        redis.call('PEXPIRE', KEYS[1], ARGV[5])
        local fresh = redis.call('ZADD', KEYS[2], ARGV[2], ARGV[4])
        redis.call('PEXPIRE', KEYS[2], ARGV[5])
        return fresh
        """;

    /// <summary>The same keys. Answers 1 when that was the user's last.</summary>
    private const string LeaveScript = """
        redis.call('ZREM', KEYS[1], ARGV[3])
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
        if redis.call('ZCARD', KEYS[1]) > 0 then return 0 end
        return redis.call('ZREM', KEYS[2], ARGV[4])
        """;

    /// <summary>KEYS: the room's users. Takes out whoever's time is over, for one caller only, and names them.</summary>
    private const string SweepScript = """
        local gone = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
        for _, user in ipairs(gone) do redis.call('ZREM', KEYS[1], user) end
        return gone
        """;

    internal async Task JoinAsync(string room, OpenConnection connection)
    {
        var isFirst = await TouchAsync(room, connection) ?? !Others(room, connection).Any();
        if (await LeaveIfGoneAsync(room, connection))
            return;
        if (isFirst)
            await clients.GroupExcept(room, connection.Id).UserJoined(new MemberEvent(room, connection.User));
    }

    internal async Task LeaveAsync(string room, OpenConnection connection)
    {
        var result = await TryAsync(database => database.ScriptEvaluateAsync(LeaveScript, Keys(room, connection), Arguments(connection)));
        var isLast = result is null ? !Others(room, connection).Any() : (int)result == 1;
        if (isLast)
            await clients.Group(room).UserLeft(new MemberEvent(room, connection.User));
    }

    /// <summary>Who is there, by name.</summary>
    internal async Task<ChatUser[]> MembersAsync(string room, CancellationToken cancellationToken) =>
        await NamedAsync(room, await ThereAsync(room) ?? [], cancellationToken);

    /// <summary>Sends a snapshot to each of this node's rooms: single comings and goings may have been missed.</summary>
    internal Task SayAllAsync(CancellationToken cancellationToken)
    {
        foreach (var room in LocalRooms())
            _unsure[room] = null;
        return KeepAsync(cancellationToken);
    }

    /// <summary>
    /// Keeps presence right: renews the entries of this node's connections and announces those that expired. Where an entry of
    /// this node was missing, because Redis lost it or the node was too slow, the other clients believe that the user left, so
    /// the room gets a snapshot.
    /// </summary>
    internal async Task KeepAsync(CancellationToken cancellationToken)
    {
        await _keeping.WaitAsync(cancellationToken);
        try
        {
            await KeepOnceAsync(cancellationToken);
        }
        finally
        {
            _keeping.Release();
        }
    }

    private async Task KeepOnceAsync(CancellationToken cancellationToken)
    {
        if (await RefreshAsync() is not { } missed)
            return;
        foreach (var room in missed)
            _unsure[room] = null;
        foreach (var (room, sent) in _unsure)
        {
            if (!await SendSnapshotAsync(room, sent, cancellationToken))
                return;
        }
        await SweepAsync(cancellationToken);
    }

    /// <summary>
    /// Sends who is there, unless that is what was sent last. A join while the snapshot was under way is lost in the clients
    /// that hear of it first, so the room stays unsure until a later look finds the same members.
    /// </summary>
    /// <returns>False while Redis is unavailable.</returns>
    private async Task<bool> SendSnapshotAsync(string room, SentSnapshot? sent, CancellationToken cancellationToken)
    {
        if (await ThereAsync(room) is not { } there)
            return false;
        if (sent is null || !sent.Members.SetEquals(there))
        {
            await clients.Group(room).PresenceChanged(new PresenceSnapshot(room, await NamedAsync(room, there, cancellationToken)));
            _unsure.TryUpdate(room, new SentSnapshot([.. there], time.GetTimestamp()), sent);
        }
        else if (time.GetElapsedTime(sent.At) >= DeliveryTime)
        {
            _unsure.TryRemove(KeyValuePair.Create<string, SentSnapshot?>(room, sent));
        }
        return true;
    }

    public void Dispose() => _keeping.Dispose();

    /// <returns>The rooms where one of this node's own was missing; null while Redis is away.</returns>
    private async Task<HashSet<string>?> RefreshAsync()
    {
        var missed = new HashSet<string>(StringComparer.Ordinal);
        foreach (
            var some in connections
                .All.SelectMany(connection => connection.Rooms, (connection, room) => (Room: room, Connection: connection))
                .Chunk(AtOnce)
        )
        {
            var touched = await Task.WhenAll(some.Select(one => TouchAsync(one.Room, one.Connection)));
            for (var i = 0; i < some.Length; i++)
            {
                if (touched[i] is not { } isFirst)
                    return null;
                if (await LeaveIfGoneAsync(some[i].Room, some[i].Connection))
                    continue;
                if (isFirst)
                    missed.Add(some[i].Room);
            }
        }
        return missed;
    }

    /// <returns>The ids of those in a room; null while Redis is away.</returns>
    private async Task<string[]?> ThereAsync(string room)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return (await TryAsync(database => database.SortedSetRangeByScoreAsync(RoomKey(room), now, take: MaxShown)))
            ?.Select(value => value.ToString())
            .ToArray();
    }

    private async Task<ChatUser[]> NamedAsync(string room, string[] there, CancellationToken cancellationToken)
    {
        var own = connections
            .All.Where(connection => connection.IsIn(room))
            .Select(connection => connection.User)
            .DistinctBy(user => user.Id)
            .ToDictionary(user => user.Id);
        var elsewhere = there.Where(id => !own.ContainsKey(id) && ObjectId.TryParse(id, out _)).ToArray();
        var named = elsewhere.Length == 0 ? null : await users.NamesAsync([.. elsewhere.Select(ObjectId.Parse)], cancellationToken);
        return [.. own.Values, .. elsewhere.Select(id => new ChatUser(id, named!.GetValueOrDefault(ObjectId.Parse(id))))];
    }

    /// <summary>Announces the leaving of those whose node has died.</summary>
    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        foreach (var room in LocalRooms())
        {
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            if (await TryAsync(database => database.ScriptEvaluateAsync(SweepScript, [RoomKey(room)], [now])) is not { } result)
                return;
            var gone = ((RedisValue[]?)result ?? []).Select(value => value.ToString()).ToArray();
            if (gone.Length == 0)
                continue;
            var named = await users.NamesAsync(
                [.. gone.Where(id => ObjectId.TryParse(id, out _)).Select(ObjectId.Parse)],
                cancellationToken
            );
            foreach (var id in gone)
            {
                await clients
                    .Group(room)
                    .UserLeft(
                        new MemberEvent(room, new ChatUser(id, ObjectId.TryParse(id, out var user) ? named.GetValueOrDefault(user) : null))
                    );
            }
        }
    }

    /// <summary>Removes a connection that left the room, or closed, while it was being recorded as present.</summary>
    private async Task<bool> LeaveIfGoneAsync(string room, OpenConnection connection)
    {
        if (connection.IsIn(room) && connections.Find(connection.Id) == connection)
            return false;
        await LeaveAsync(room, connection);
        return true;
    }

    private string[] LocalRooms() => [.. connections.All.SelectMany(connection => connection.Rooms).Distinct()];

    private IEnumerable<OpenConnection> Others(string room, OpenConnection connection) =>
        connections.Of(connection.Token.UserId).Where(other => other.Id != connection.Id && other.IsIn(room));

    /// <returns>True for a user's first in the room; null while Redis is away.</returns>
    private async Task<bool?> TouchAsync(string room, OpenConnection connection) =>
        await TryAsync(database => database.ScriptEvaluateAsync(JoinScript, Keys(room, connection), Arguments(connection))) is { } result
            ? (int)result == 1
            : null;

    private RedisKey RoomKey(string room) => names.Key($"presence:{room}");

    private RedisKey[] Keys(string room, OpenConnection connection) =>
        [names.Key($"presence:{room}:{connection.Token.UserId}"), RoomKey(room)];

    private RedisValue[] Arguments(OpenConnection connection)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var lifetime = (long)options.Value.PresenceTtl.TotalMilliseconds;
        // The keys outlive the entries, so that who sweeps still finds whom to announce.
        return [now, now + lifetime, connection.Id, connection.Token.UserId, lifetime * 4];
    }

    private async Task<T?> TryAsync<T>(Func<IDatabase, Task<T>> ask)
        where T : class
    {
        if (!redis.IsConnected)
            return null;
        try
        {
            return await ask(redis.GetDatabase());
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            LogLocal(logger, e.GetType().Name);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Debug, "Redis is away ({Reason}): each node knows only its own users")]
    private static partial void LogLocal(ILogger logger, string reason);

    /// <summary>A snapshot that was sent to a room.</summary>
    /// <param name="Members">User IDs.</param>
    /// <param name="At">Timestamp of <see cref="TimeProvider"/>, taken after it was sent.</param>
    private sealed record SentSnapshot(HashSet<string> Members, long At);
}
