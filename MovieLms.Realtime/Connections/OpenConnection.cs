using Microsoft.AspNetCore.SignalR;
using MongoDB.Bson;
using MovieLms.Realtime.Contracts;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.Realtime.Connections;

/// <summary>A client's connection to this node.</summary>
internal sealed class OpenConnection(HubCallerContext context, AccessToken token, RealtimeOptions options, TimeProvider time)
{
    internal const int MaxRooms = 500;

    // Thousands of connections may be idle, so collections are created on first use.
    private readonly Lock _lock = new();
    private HashSet<string>? _rooms;
    private HashSet<string>? _delivered;
    private Dictionary<string, long>? _typing;
    private int _ended;

    internal string Id { get; } = context.ConnectionId;

    internal AccessToken Token => token;

    internal ObjectId UserId { get; } = ObjectId.Parse(token.UserId);

    internal string Name { get; } = token.User.Name();

    internal ChatUser User => new(token.UserId, Name);

    internal CallBudget Calls { get; } = new(options.CallsPerTenSeconds, time);

    /// <summary>The number of calls that may be refused before the connection is closed.</summary>
    internal CallBudget Refusals { get; } = new(options.RefusedCallsPerTenSeconds, time);

    internal CallBudget Joins { get; } = new(options.JoinsPerTenSeconds, time);

    internal CallBudget Reads { get; } = new(options.ReadsPerTenSeconds, time);

    internal string[] Rooms
    {
        get
        {
            lock (_lock)
                return _rooms is null ? [] : [.. _rooms];
        }
    }

    internal bool IsIn(string room)
    {
        lock (_lock)
            return _rooms?.Contains(room) == true;
    }

    /// <returns>False when the connection was already in the room.</returns>
    internal bool Enter(string room)
    {
        lock (_lock)
        {
            _rooms ??= new HashSet<string>(StringComparer.Ordinal);
            return _rooms.Count < MaxRooms ? _rooms.Add(room) : throw ChatErrors.TooMany($"{MaxRooms} rooms are joined", TimeSpan.Zero);
        }
    }

    /// <returns>False when the connection was not in the room.</returns>
    internal bool Leave(string room)
    {
        lock (_lock)
            return _rooms?.Remove(room) == true;
    }

    /// <summary>Returns whether this connection sent a typing event to the room within the last interval.</summary>
    internal bool HasTyped(string room)
    {
        lock (_lock)
            return _typing is not null && _typing.TryGetValue(room, out var at) && IsRecent(at);
    }

    /// <summary>Records a typing event, for one interval and for no more rooms than a connection can join.</summary>
    /// <returns>False when the event must not be sent: the room had one within the interval, or too many rooms had.</returns>
    internal bool TryType(string room)
    {
        lock (_lock)
        {
            _typing ??= new Dictionary<string, long>(StringComparer.Ordinal);
            if (_typing.TryGetValue(room, out var at) && IsRecent(at))
                return false;
            if (_typing.Count >= MaxRooms)
            {
                foreach (var (other, _) in _typing.Where(pair => !IsRecent(pair.Value)).ToArray())
                    _typing.Remove(other);
            }

            if (_typing.Count >= MaxRooms && !_typing.ContainsKey(room))
                return false;
            _typing[room] = time.GetTimestamp();
            return true;
        }
    }

    /// <summary>Marks a notification as delivered: one that is replayed on connect may also arrive live.</summary>
    /// <returns>False when it was delivered before.</returns>
    internal bool TryMarkDelivered(string notificationId)
    {
        lock (_lock)
            return (_delivered ??= new HashSet<string>(StringComparer.Ordinal)).Add(notificationId);
    }

    /// <summary>Claims the closing of the connection. Returns true for the first caller only.</summary>
    internal bool TryEnd() => Interlocked.Exchange(ref _ended, 1) == 0;

    internal void Abort() => context.Abort();

    private bool IsRecent(long at) => time.GetElapsedTime(at) < options.TypingInterval;
}
