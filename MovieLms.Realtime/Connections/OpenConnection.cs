using System.Collections.Concurrent;
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
    private readonly ConcurrentDictionary<string, bool> _rooms = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _delivered = new(StringComparer.Ordinal);
    private (string Room, long At) _typing = (string.Empty, 0);
    private int _ended;

    internal string Id { get; } = context.ConnectionId;

    internal AccessToken Token => token;

    internal ObjectId UserId { get; } = ObjectId.Parse(token.UserId);

    internal string Name { get; } = token.User.Name();

    internal ChatUser User => new(token.UserId, Name);

    internal CallBudget Joins { get; } = new(options.JoinsPerTenSeconds, time);

    internal CallBudget Reads { get; } = new(options.ReadsPerTenSeconds, time);

    internal ICollection<string> Rooms => _rooms.Keys;

    internal bool IsIn(string room) => _rooms.ContainsKey(room);

    /// <returns>False when it was in already.</returns>
    internal bool Enter(string room)
    {
        if (_rooms.Count >= MostRooms) throw ChatErrors.TooMany($"{MostRooms} rooms are joined", TimeSpan.Zero);
        return _rooms.TryAdd(room, true);
    }

    /// <returns>False when it was not in.</returns>
    internal bool Leave(string room) => _rooms.TryRemove(room, out _);

    internal bool MayTellTyping(string room)
    {
        if (_typing.Room == room && time.GetElapsedTime(_typing.At) < TypingPause) return false;
        _typing = (room, time.GetTimestamp());
        return true;
    }

    /// <summary>True the first time for a notification: what is replayed at the start may also arrive live.</summary>
    internal bool MayDeliver(string notificationId) => _delivered.TryAdd(notificationId, true);

    /// <summary>True once, for whoever ends it.</summary>
    internal bool TryEnd() => Interlocked.Exchange(ref _ended, 1) == 0;

    internal void Abort() => context.Abort();
}
