using System.Collections.Concurrent;
using MongoDB.Bson;
using MovieLms.Data.Identity;
using MovieLms.Realtime.Connections;
using MovieLms.Realtime.Contracts;

namespace MovieLms.Realtime.Presence;

/// <summary>Lists the users in a room, with their names.</summary>
internal sealed class RoomMembers(PresenceStore store, RoomSizes sizes, OpenConnections connections, UserStore users, TimeProvider time)
{
    private const int MaxMembers = 1_000;
    private const int MaxPages = 1_000;
    private static readonly TimeSpan MaxPageAge = TimeSpan.FromSeconds(1);

    /// <summary>Some members of each large room, so that thousands of joins do not each read them.</summary>
    private readonly ConcurrentDictionary<string, Page> _pages = new(StringComparer.Ordinal);

    /// <summary>Returns up to 1,000 users in a room.</summary>
    internal Task<ChatUser[]> ListAsync(string room, CancellationToken cancellationToken) => ListAsync(room, MaxMembers, cancellationToken);

    /// <summary>Returns the users in a small room, or the caller and some of the others in a large room, and the number of all.</summary>
    internal async Task<(ChatUser[] Users, long Count)> ListForAsync(string room, ChatUser caller, CancellationToken cancellationToken)
    {
        var isLarge = sizes.IsLarge(room);
        var listed = await (isLarge ? GetPageAsync(room, cancellationToken) : ListAsync(room, sizes.MaxSmall, cancellationToken));
        // Others may have joined in the meantime, so that the list is full without the caller.
        if (!listed.Any(user => user.Id == caller.Id))
            listed = [caller, .. listed.Take(sizes.MaxSmall - 1)];
        // Unlike the list, the number includes users of nodes that died, until they are swept.
        return (listed, isLarge ? Math.Max(listed.Length, sizes.Get(room) ?? 0) : listed.Length);
    }

    private async Task<ChatUser[]> GetPageAsync(string room, CancellationToken cancellationToken)
    {
        if (!_pages.TryGetValue(room, out var page) || time.GetElapsedTime(page.ReadAt) >= MaxPageAge)
        {
            if (_pages.Count >= MaxPages)
                _pages.Clear();
            page = new Page(new(() => ListAsync(room, sizes.MaxSmall, CancellationToken.None)), time.GetTimestamp());
            _pages[room] = page;
        }
        return await page.Users.Value.WaitAsync(cancellationToken);
    }

    /// <summary>Returns the users with their names, and users of this node that Redis does not know yet, up to a limit.</summary>
    internal async Task<ChatUser[]> AddNamesAsync(string room, string[] userIds, int limit, CancellationToken cancellationToken)
    {
        var known = new Dictionary<string, ChatUser>(StringComparer.Ordinal);
        if (userIds.Length < limit)
        {
            foreach (var connection in connections.All.Where(connection => connection.IsIn(room)))
                known.TryAdd(connection.Token.UserId, connection.User);
        }
        foreach (var id in userIds.Where(id => !known.ContainsKey(id)))
        {
            if (connections.GetByUser(id).FirstOrDefault() is { } connection)
                known.Add(id, connection.User);
        }
        var remote = userIds.Where(id => !known.ContainsKey(id) && ObjectId.TryParse(id, out _)).Select(ObjectId.Parse).ToArray();
        var usernames = remote.Length == 0 ? null : await users.GetNamesAsync(remote, cancellationToken);
        return [.. known.Values.Concat(remote.Select(id => new ChatUser(id.ToString(), usernames!.GetValueOrDefault(id)))).Take(limit)];
    }

    private async Task<ChatUser[]> ListAsync(string room, int limit, CancellationToken cancellationToken) =>
        await AddNamesAsync(room, await store.ListAsync(room, limit) ?? [], limit, cancellationToken);

    /// <param name="Users">Some members of a room, read once for all joins.</param>
    /// <param name="ReadAt">Timestamp of <see cref="TimeProvider"/>.</param>
    private sealed record Page(Lazy<Task<ChatUser[]>> Users, long ReadAt);
}
