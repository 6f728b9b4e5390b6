using System.Collections.Concurrent;
using System.Security.Claims;
using MongoDB.Bson;
using MovieLms.Application.Access;
using MovieLms.Application.Live;
using MovieLms.Data.Chat;
using MovieLms.Data.Courses;
using MovieLms.Realtime.Contracts;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Mongo;

namespace MovieLms.Realtime.Chat;

/// <summary>Looks up rooms by name, and a user's rights in them. Rights are read from the database on every call.</summary>
internal sealed class Rooms(RoomStore store, RoomAccess access, DirectRoomAccess direct, MongoConnectionChanges changes)
{
    private const int MaxCached = 20_000;
    private readonly ConcurrentDictionary<string, ObjectId> _ids = new(StringComparer.Ordinal);
    private long _changes = changes.Count;

    /// <summary>Returns the user's rights in a room, or no rights when the name is not a room's.</summary>
    internal async Task<RoomRights> GetRightsAsync(string? room, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (!RoomNames.TryParse(room, out var name))
            return default;
        var userId = ObjectId.Parse(user.Id());
        return name.Kind switch
        {
            RoomKind.Course => await access.GetCourseRightsAsync(
                ObjectId.Parse(name.First),
                CourseAccess.Create(userId, user.Can(Permissions.CoursesWrite), user.Can(Permissions.ChatModerate)),
                cancellationToken
            ),
            RoomKind.Direct => await direct.GetAsync(userId, ObjectId.Parse(name.First), ObjectId.Parse(name.Second), cancellationToken),
            _ => RoomAccess.GetLobbyRights(user.Can(Permissions.ChatModerate)),
        };
    }

    /// <summary>Returns the stored room, or null before its first message. Reading a room never creates it.</summary>
    internal async Task<RoomDocument?> FindAsync(string room, CancellationToken cancellationToken)
    {
        var stored = await store.FindAsync(room, cancellationToken);
        if (stored is not null)
            Cache(room, stored.Id);
        return stored;
    }

    /// <summary>Returns the stored room's ID, or null before its first message.</summary>
    internal async ValueTask<ObjectId?> FindIdAsync(string room, CancellationToken cancellationToken) =>
        FindCached(room) ?? (await FindAsync(room, cancellationToken))?.Id;

    /// <summary>Returns the room's ID and creates the room if needed. The caller must have checked the user's rights.</summary>
    internal async ValueTask<ObjectId> EnsureIdAsync(string room, CancellationToken cancellationToken)
    {
        if (FindCached(room) is { } known)
            return known;
        if (!RoomNames.TryParse(room, out var name))
            throw ChatErrors.NoRoom();
        ObjectId? course = name.Kind == RoomKind.Course ? ObjectId.Parse(name.First) : null;
        ObjectId[] users = name.Kind == RoomKind.Direct ? [ObjectId.Parse(name.First), ObjectId.Parse(name.Second)] : [];
        var id = (await store.GetOrCreateAsync(room, course, users, cancellationToken)).Id;
        Cache(room, id);
        return id;
    }

    private ObjectId? FindCached(string room)
    {
        // A database that recovers from a failure may have lost its newest rooms.
        var count = changes.Count;
        if (Interlocked.Exchange(ref _changes, count) != count)
            _ids.Clear();
        return _ids.TryGetValue(room, out var id) ? id : null;
    }

    private void Cache(string room, ObjectId id)
    {
        if (_ids.Count >= MaxCached)
            _ids.Clear();
        _ids[room] = id;
    }
}
