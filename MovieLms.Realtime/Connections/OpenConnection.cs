using Microsoft.AspNetCore.SignalR;
using MongoDB.Bson;
using MovieLms.Realtime.Chat;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.Realtime.Connections;

/// <summary>One client's connection to this node.</summary>
internal sealed class OpenConnection(HubCallerContext context, AccessToken token, RealtimeOptions options, TimeProvider time)
{
    private const int MostRooms = 500;
    private static readonly TimeSpan TypingPause = TimeSpan.FromSeconds(2);

    // Thousands of connections are idle: what one may never need is made when it is needed.
    private readonly Lock _lock = new();
    private HashSet<string>? _rooms;
    private HashSet<string>? _delivered;
    private (string Room, long At) _typing = (string.Empty, 0);
    private int _ended;

    internal string Id { get; } = context.ConnectionId;

    internal AccessToken Token => token;

    internal ObjectId UserId { get; } = ObjectId.Parse(token.UserId);

    internal string Name { get; } = token.User.Name();

    internal ChatUser User => new(token.UserId, Name);

    internal CallBudget Joins { get; } = new(options.JoinsPerTenSeconds, time);

    internal CallBudget Reads { get; } = new(options.ReadsPerTenSeconds, time);

    internal string[] Rooms
    {
        get
        {
            lock (_lock) return _rooms is null ? [] : [.. _rooms];
        }
    }

    internal bool IsIn(string room)
    {
        lock (_lock) return _rooms?.Contains(room) == true;
    }

    /// <returns>False when it was in already.</returns>
    internal bool Enter(string room)
    {
        lock (_lock)
        {
            _rooms ??= new HashSet<string>(StringComparer.Ordinal);
            return _rooms.Count < MostRooms ? _rooms.Add(room) : throw ChatErrors.TooMany($"{MostRooms} rooms are joined", TimeSpan.Zero);
        }
    }

    /// <returns>False when it was not in.</returns>
    internal bool Leave(string room)
    {
        lock (_lock) return _rooms?.Remove(room) == true;
    }

    internal bool MayTellTyping(string room)
    {
        if (_typing.Room == room && time.GetElapsedTime(_typing.At) < TypingPause) return false;
        _typing = (room, time.GetTimestamp());
        return true;
    }

    /// <summary>True the first time for a notification: what is replayed at the start may also arrive live.</summary>
    internal bool MayDeliver(string notificationId)
    {
        lock (_lock) return (_delivered ??= new HashSet<string>(StringComparer.Ordinal)).Add(notificationId);
    }

    /// <summary>True once, for whoever ends it.</summary>
    internal bool TryEnd() => Interlocked.Exchange(ref _ended, 1) == 0;

    internal void Abort() => context.Abort();
}
