using System.Collections.Concurrent;
using System.Security.Claims;
using MongoDB.Bson;
using MovieLms.Data.Chat;
using MovieLms.Data.Courses;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Live;

namespace MovieLms.Realtime.Chat;

/// <summary>Rooms by their names, with the caller's rights: asked of the database on every call.</summary>
internal sealed class Rooms(RoomStore store, RoomAccess access)
{
    private const int MostRemembered = 20_000;
    private readonly ConcurrentDictionary<string, ObjectId> _ids = new(StringComparer.Ordinal);

    /// <summary>What the user may do there; no rights for a name that is none.</summary>
    internal async Task<RoomRights> RightsAsync(string? room, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (!RoomNames.TryParse(room, out var name)) return default;
        var userId = ObjectId.Parse(user.Id());
        return name.Kind switch
        {
            RoomKind.Course => await access.InCourseAsync(
                ObjectId.Parse(name.First), CourseAccess.Of(userId, user.Can(Permissions.CoursesWrite), user.Can(Permissions.ChatModerate)), cancellationToken),
            RoomKind.Direct => RoomAccess.InDirect(userId, ObjectId.Parse(name.First), ObjectId.Parse(name.Second)),
            _ => RoomAccess.InLobby(user.Can(Permissions.ChatModerate)),
        };
    }

    /// <summary>The stored room, made at its first use; rights are checked before.</summary>
    internal async Task<RoomDocument> GetAsync(string room, CancellationToken cancellationToken)
    {
        if (!RoomNames.TryParse(room, out var name)) throw ChatErrors.NoRoom();
        ObjectId? course = name.Kind == RoomKind.Course ? ObjectId.Parse(name.First) : null;
        ObjectId[] users = name.Kind == RoomKind.Direct ? [ObjectId.Parse(name.First), ObjectId.Parse(name.Second)] : [];
        var stored = await store.EnsureAsync(room, course, users, cancellationToken);
        Remember(room, stored.Id);
        return stored;
    }

    /// <summary>The stored room's id, which never changes.</summary>
    internal async ValueTask<ObjectId> IdAsync(string room, CancellationToken cancellationToken) =>
        _ids.TryGetValue(room, out var id) ? id : (await GetAsync(room, cancellationToken)).Id;

    private void Remember(string room, ObjectId id)
    {
        if (_ids.Count >= MostRemembered) _ids.Clear();
        _ids[room] = id;
    }
}
