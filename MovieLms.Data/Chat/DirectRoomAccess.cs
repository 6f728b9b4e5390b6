using MongoDB.Bson;
using MovieLms.Data.Identity;

namespace MovieLms.Data.Chat;

/// <summary>Decides who may use the room of two users, from the database on every call: only those two, and not administrators.</summary>
public sealed class DirectRoomAccess(UserStore users, RoomStore rooms)
{
    /// <summary>
    /// Returns a user's rights in the room of two users: read-only when the other user is archived or was erased, and none when the other
    /// user has never existed.
    /// </summary>
    public async Task<RoomRights> GetAsync(ObjectId userId, ObjectId first, ObjectId second, CancellationToken cancellationToken)
    {
        if (userId != first && userId != second)
            return default;
        var other = await users.FindAsync(userId == first ? second : first, cancellationToken);
        if (other is null)
            return await rooms.HasDirectAsync(first, second, cancellationToken) ? new RoomRights(true, false, false) : default;
        return new RoomRights(true, other.ArchivedAt is null, false);
    }
}
