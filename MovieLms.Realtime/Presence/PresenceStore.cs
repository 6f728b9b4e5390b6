using Microsoft.Extensions.Options;
using MovieLms.Realtime.Connections;
using MovieLms.Realtime.Contracts;
using MovieLms.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace MovieLms.Realtime.Presence;

/// <summary>
/// The users in each room, across all nodes. Redis holds each connection and each user with an expiry time. A user in a room's
/// set has been announced. Every method returns null while Redis is unavailable.
/// </summary>
internal sealed partial class PresenceStore(
    IConnectionMultiplexer redis,
    RedisNames names,
    IOptions<RealtimeOptions> options,
    TimeProvider time,
    ILogger<PresenceStore> logger
)
{
    /// <summary>Number of connections renewed in one call.</summary>
    private const int BatchSize = 100;

    /// <summary>
    /// KEYS: the room's users, then each user's connections. ARGV: expiry, key lifetime, then each connection and user. Returns how
    /// many users were missing in the room, and the number of its members.
    /// </summary>
    private const string TouchScript = """
        local fresh = 0
        for i = 2, #KEYS do
          redis.call('ZADD', KEYS[i], ARGV[1], ARGV[i * 2 - 1])
          redis.call('PEXPIRE', KEYS[i], ARGV[2])
          fresh = fresh + redis.call('ZADD', KEYS[1], ARGV[1], ARGV[i * 2])
        end
        redis.call('PEXPIRE', KEYS[1], ARGV[2])
        return {fresh, redis.call('ZCARD', KEYS[1])}
        """;

    /// <summary>
    /// KEYS: the room's users, the user's connections. ARGV: now, connection, user. Returns 1 for a user's last connection, and the
    /// number of the room's members.
    /// </summary>
    private const string LeaveScript = """
        redis.call('ZREM', KEYS[2], ARGV[2])
        redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[1])
        local gone = 0
        if redis.call('ZCARD', KEYS[2]) == 0 then gone = redis.call('ZREM', KEYS[1], ARGV[3]) end
        return {gone, redis.call('ZCARD', KEYS[1])}
        """;

    /// <summary>KEYS: the room's users. ARGV: now. Removes expired users and returns them, to one caller only.</summary>
    private const string SweepScript = """
        local expired = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
        if #expired > 0 then redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1]) end
        return expired
        """;

    /// <summary>
    /// KEYS: the room's users, the claim. ARGV: interval, members per interval. Returns 1 if no node has claimed the count recently,
    /// and the number of the room's members.
    /// </summary>
    private const string ClaimScript = """
        local count = redis.call('ZCARD', KEYS[1])
        local wait = ARGV[1] * math.max(1, math.ceil(count / ARGV[2]))
        if redis.call('EXISTS', KEYS[2]) == 1 then return {0, count} end
        redis.call('SET', KEYS[2], 1, 'PX', wait)
        return {1, count}
        """;

    /// <summary>Records connections in a room, or renews their entries.</summary>
    /// <returns>The number of users whose entries were missing, and the members of the room.</returns>
    internal async Task<Change?> TouchAsync(string room, IReadOnlyCollection<OpenConnection> connections)
    {
        var result = new Change(0, 0);
        foreach (var batch in connections.Chunk(BatchSize))
        {
            var lifetime = (long)options.Value.PresenceTtl.TotalMilliseconds;
            // The keys outlive the entries, so that the sweep still finds the users to announce.
            var arguments = new List<RedisValue> { Now + lifetime, lifetime * 4 };
            foreach (var connection in batch)
                arguments.AddRange(connection.Id, connection.Token.UserId);
            RedisKey[] keys = [RoomKey(room), .. batch.Select(connection => UserKey(room, connection))];
            if (await EvaluateAsync(TouchScript, keys, [.. arguments]) is not { } touched)
                return null;
            result = new Change(result.Users + touched.Users, touched.Members);
        }
        return result;
    }

    /// <summary>Removes a connection from a room.</summary>
    /// <returns>1 for the user's last connection, and the remaining members of the room.</returns>
    internal Task<Change?> LeaveAsync(string room, OpenConnection connection) =>
        EvaluateAsync(LeaveScript, [RoomKey(room), UserKey(room, connection)], [Now, connection.Id, connection.Token.UserId]);

    /// <summary>Claims the right to publish a room's count, which one node has per interval. Larger rooms have longer intervals.</summary>
    internal async Task<CountClaim?> ClaimCountAsync(string room, TimeSpan interval, int membersPerInterval) =>
        await EvaluateAsync(
            ClaimScript,
            [RoomKey(room), names.GetKey($"presence-count:{room}")],
            [(long)interval.TotalMilliseconds, membersPerInterval]
        )
            is { } claim
            ? new CountClaim(claim.Users == 1, claim.Members)
            : null;

    /// <summary>Returns the number of members in a room.</summary>
    internal async Task<long?> CountAsync(string room) =>
        (await TryAsync(async database => new Change(0, await database.SortedSetLengthAsync(RoomKey(room)))))?.Members;

    /// <summary>Returns the IDs of the users in a room.</summary>
    internal async Task<string[]?> ListAsync(string room, int limit) =>
        (await TryAsync(database => database.SortedSetRangeByScoreAsync(RoomKey(room), Now, take: limit)))
            ?.Select(value => value.ToString())
            .ToArray();

    /// <summary>Removes the users of a room whose nodes have died, and returns their IDs to one caller only.</summary>
    internal async Task<string[]?> SweepAsync(string room) =>
        await TryAsync(database => database.ScriptEvaluateAsync(SweepScript, [RoomKey(room)], [Now])) is { } result
            ? [.. ((RedisValue[]?)result ?? []).Select(value => value.ToString())]
            : null;

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private RedisKey RoomKey(string room) => names.GetKey($"presence:{room}");

    private RedisKey UserKey(string room, OpenConnection connection) => names.GetKey($"presence:{room}:{connection.Token.UserId}");

    private async Task<Change?> EvaluateAsync(string script, RedisKey[] keys, RedisValue[] arguments) =>
        await TryAsync(database => database.ScriptEvaluateAsync(script, keys, arguments)) is { } result
        && (long[]?)result is [var users, var members]
            ? new Change(users, members)
            : null;

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

    /// <summary>The result of a claim to publish a room's count.</summary>
    /// <param name="IsClaimed">False if a count was published within the interval.</param>
    /// <param name="Members">The number of members.</param>
    internal sealed record CountClaim(bool IsClaimed, long Members);

    /// <summary>The effect of a call on a room.</summary>
    /// <param name="Users">The number of users whose presence changed.</param>
    /// <param name="Members">The number of members afterwards.</param>
    internal sealed record Change(long Users, long Members);
}
