using MongoDB.Bson;
using MovieLms.Data.Identity;

namespace MovieLms.Data.Chat;

/// <summary>Decides who may use the room of two users, from the database on every call: only those two, and not administrators.</summary>
public sealed class DirectRoomAccess(UserStore users)
{
    /// <summary>
    /// Returns a user's rights in the room of two users: none when the other user does not exist, and read-only when the other user is
    /// archived.
    /// </summary>
    public async Task<RoomRights> GetAsync(ObjectId userId, ObjectId first, ObjectId second, CancellationToken cancellationToken)
    {
        if (userId != first && userId != second)
            return default;
        var other = await users.FindAsync(userId == first ? second : first, cancellationToken);
        return other is null ? default : new RoomRights(true, other.ArchivedAt is null, false);
    }
}
