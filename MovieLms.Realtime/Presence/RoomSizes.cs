using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using MovieLms.Realtime.Contracts;

namespace MovieLms.Realtime.Presence;

/// <summary>
/// The number of members of this node's rooms, as last read from Redis. A large room has more members than
/// <see cref="RealtimeOptions.SmallRoomMembers"/>.
/// </summary>
internal sealed class RoomSizes(IOptions<RealtimeOptions> options, TimeProvider time)
{
    /// <summary>Maximum typing events that this node sends to a large room per <see cref="RealtimeOptions.TypingInterval"/>.</summary>
    private const int MaxTyping = 5;
    private readonly ConcurrentDictionary<string, RoomSize> _rooms = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _changed = new(StringComparer.Ordinal);

    internal int MaxSmall => options.Value.SmallRoomMembers;

    internal bool IsLarge(long members) => members > MaxSmall;

    internal bool IsLarge(string room) => IsLarge(Get(room) ?? 0);

    /// <summary>Returns the number of members, or null when this node has not read it.</summary>
    internal long? Get(string room) => _rooms.GetValueOrDefault(room)?.Members;

    /// <summary>
    /// Sets the number of members. Marks a large room whose number changes: the node that saw the joins or leaves may have stopped
    /// before it published them.
    /// </summary>
    internal void Set(string room, long members)
    {
        var size = GetOrAdd(room);
        if (IsLarge(size.Members) && size.Members != members)
            MarkChanged(room);
        size.Members = members;
    }

    /// <summary>Sets the number of members that is about to be published.</summary>
    internal void SetPublished(string room, long members) => GetOrAdd(room).Members = members;

    /// <summary>Counts a join that has started, until it is passed to <see cref="EndJoin"/>.</summary>
    internal RoomSize BeginJoin(string room)
    {
        var size = GetOrAdd(room);
        Interlocked.Increment(ref size.Joining);
        return size;
    }

    /// <summary>
    /// Counts the end of a join. Returns true if the room is large, or would be with the other joins that have started. Their
    /// connections already receive events.
    /// </summary>
    internal bool EndJoin(string room, RoomSize join) => IsLarge((Get(room) ?? 0) + Interlocked.Decrement(ref join.Joining));

    /// <summary>Removes all rooms that are not listed.</summary>
    internal void Keep(IEnumerable<string> rooms)
    {
        foreach (var room in _rooms.Keys.Except(rooms, StringComparer.Ordinal))
            _rooms.TryRemove(room, out _);
    }

    /// <summary>Marks a room whose number of members is to be published.</summary>
    internal void MarkChanged(string room) => _changed[room] = true;

    /// <summary>Enumerates the marked rooms and removes each mark before it returns the room.</summary>
    internal IEnumerable<string> TakeChanged() => _changed.Keys.Where(room => _changed.TryRemove(room, out _));

    /// <summary>Counts a typing event. Returns false when a large room had too many within the interval.</summary>
    internal bool TryType(string room)
    {
        if (!_rooms.TryGetValue(room, out var size) || !IsLarge(size.Members))
            return true;
        lock (size)
        {
            if (size.Typing == 0 || time.GetElapsedTime(size.TypingSince) >= options.Value.TypingInterval)
                (size.Typing, size.TypingSince) = (0, time.GetTimestamp());
            if (size.Typing >= MaxTyping)
                return false;
            size.Typing++;
            return true;
        }
    }

    private RoomSize GetOrAdd(string room) => _rooms.GetOrAdd(room, _ => new RoomSize());

    internal sealed class RoomSize
    {
        internal int Joining;
        internal long Members { get; set; }
        internal int Typing { get; set; }
        internal long TypingSince { get; set; }
    }
}
