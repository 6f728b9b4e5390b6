using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;
using MongoDB.Bson;
using MovieLms.Data.Identity;
using MovieLms.Realtime.Connections;
using MovieLms.Realtime.Contracts;

namespace MovieLms.Realtime.Presence;

/// <summary>
/// Announces the users who join and leave rooms. A user with several connections, on any node, joins and leaves only once. In a
/// large room the number of members is published instead, at most once per interval over all nodes, so the events of a join do not
/// grow with the room. While Redis is unavailable, each node knows only its own users.
/// </summary>
internal sealed class RoomPresence(
    OpenConnections connections,
    PresenceStore store,
    RoomSizes sizes,
    RoomMembers members,
    IHubClients<IChatClient> clients,
    UserStore users,
    IOptions<RealtimeOptions> options,
    TimeProvider time
) : IDisposable
{
    /// <summary>Number of rooms renewed concurrently.</summary>
    private const int BatchSize = 256;

    /// <summary>A room of more members receives its count less often, so that the counts of a room have a constant cost.</summary>
    private const int MembersPerInterval = 1_000;

    /// <summary>After this time a snapshot has reached the clients of the other nodes and can no longer overtake a later event.</summary>
    private static readonly TimeSpan MaxDeliveryTime = TimeSpan.FromSeconds(1);

    /// <summary>Rooms whose clients may show outdated members, with the last snapshot sent, or null before the first.</summary>
    private readonly ConcurrentDictionary<string, SentSnapshot?> _outdated = new(StringComparer.Ordinal);

    /// <summary>Serializes the passes: concurrent ones could send an older snapshot after a newer one.</summary>
    private readonly SemaphoreSlim _reconciling = new(1);

    internal async Task JoinAsync(string room, OpenConnection connection)
    {
        var join = sizes.BeginJoin(room);
        bool isFirst;
        bool isLarge;
        try
        {
            var touched = await store.TouchAsync(room, [connection]);
            isFirst = touched is null ? !OtherConnections(room, connection).Any() : touched.Users > 0;
            sizes.Set(room, touched?.Members ?? (sizes.Get(room) ?? 0) + (isFirst ? 1 : 0));
        }
        finally
        {
            isLarge = sizes.EndJoin(room, join);
        }
        if (await RemoveIfLeftAsync(room, connection) || !isFirst)
            return;
        if (isLarge)
            sizes.MarkChanged(room);
        else
            await clients.GroupExcept(room, connection.Id).UserJoined(new MemberEvent(room, connection.User));
    }

    internal async Task LeaveAsync(string room, OpenConnection connection)
    {
        var left = await store.LeaveAsync(room, connection);
        var isLast = left is null ? !OtherConnections(room, connection).Any() : left.Users > 0;
        var remaining = left?.Members ?? Math.Max(0, (sizes.Get(room) ?? 0) - (isLast ? 1 : 0));
        sizes.Set(room, remaining);
        if (!isLast)
            return;
        // A room that stops being large receives a snapshot.
        if (sizes.IsLarge(remaining + 1))
            sizes.MarkChanged(room);
        else
            await clients.Group(room).UserLeft(new MemberEvent(room, connection.User));
    }

    /// <summary>Returns whether a room is large, on any node.</summary>
    internal async ValueTask<bool> IsLargeAsync(string room) => sizes.IsLarge(sizes.Get(room) ?? await store.CountAsync(room) ?? 0);

    /// <summary>Publishes the number of members of each large room that changed, and a snapshot of each room that became small.</summary>
    internal async Task PublishCountsAsync(CancellationToken cancellationToken)
    {
        foreach (var room in sizes.TakeChanged())
        {
            var claim = await store.ClaimCountAsync(room, options.Value.MemberCountInterval, MembersPerInterval);
            if (claim is { IsClaimed: false })
            {
                // The count was published within the interval, perhaps before the change.
                sizes.MarkChanged(room);
                continue;
            }
            if (claim is not null)
                sizes.SetPublished(room, claim.Members);
            var count = sizes.Get(room) ?? 0;
            if (sizes.IsLarge(count))
            {
                await clients.Group(room).MemberCountChanged(new MemberCount(room, count));
                continue;
            }
            _outdated[room] = null;
            await RunExclusivelyAsync(() => SendSnapshotAsync(room, null, cancellationToken), cancellationToken);
        }
    }

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
    internal Task ReconcileAsync(CancellationToken cancellationToken) =>
        RunExclusivelyAsync(() => RunPassAsync(cancellationToken), cancellationToken);

    private async Task RunExclusivelyAsync(Func<Task> work, CancellationToken cancellationToken)
    {
        await _reconciling.WaitAsync(cancellationToken);
        try
        {
            await work();
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
    /// Sends a small room's members, unless they equal the last snapshot. A client that receives a join before a snapshot taken
    /// earlier loses that join, so the room stays marked as outdated until a later pass finds the same members. A large room
    /// receives its count.
    /// </summary>
    /// <returns>False while Redis is unavailable.</returns>
    private async Task<bool> SendSnapshotAsync(string room, SentSnapshot? sent, CancellationToken cancellationToken)
    {
        var limit = sizes.MaxSmall + 1;
        if (await store.ListAsync(room, limit) is not { } userIds)
            return false;
        if (sizes.IsLarge(userIds.Length))
        {
            sizes.MarkChanged(room);
            _outdated.TryRemove(KeyValuePair.Create(room, sent));
        }
        else if (sent is null || !sent.Members.SetEquals(userIds))
        {
            var present = await members.AddNamesAsync(room, userIds, limit, cancellationToken);
            await clients.Group(room).PresenceChanged(new PresenceSnapshot(room, present));
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
        var rooms = connections
            .All.SelectMany(connection => connection.Rooms, (connection, room) => (Room: room, Connection: connection))
            .ToLookup(entry => entry.Room, entry => entry.Connection, StringComparer.Ordinal);
        foreach (var batch in rooms.Chunk(BatchSize))
        {
            var touched = await Task.WhenAll(batch.Select(room => store.TouchAsync(room.Key, [.. room])));
            foreach (var (room, renewed) in batch.Zip(touched))
            {
                if (renewed is null)
                    return null;
                sizes.Set(room.Key, renewed.Members);
                if (renewed.Users > 0)
                    missed.Add(room.Key);
                foreach (var connection in room)
                    await RemoveIfLeftAsync(room.Key, connection);
            }
        }
        sizes.Keep(LocalRooms());
        return missed;
    }

    /// <summary>Announces that users left whose node has died.</summary>
    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        foreach (var room in LocalRooms())
        {
            // The members that expired count until the sweep.
            var wasLarge = sizes.IsLarge(room);
            if (await store.SweepAsync(room) is not { } expired)
                return;
            if (expired.Length == 0)
                continue;
            if (wasLarge)
            {
                sizes.MarkChanged(room);
                continue;
            }
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

    /// <summary>A snapshot that was sent to a room.</summary>
    /// <param name="Members">User IDs.</param>
    /// <param name="At">Timestamp of <see cref="TimeProvider"/>, taken after sending.</param>
    private sealed record SentSnapshot(HashSet<string> Members, long At);
}
