using MongoDB.Bson;
using MovieLms.Data.Identity;

namespace MovieLms.Data.Chat;

/// <summary>Decides who may use the room of two users, from the database on every call: only those two, and not administrators.</summary>
public sealed class DirectRoomAccess(UserStore users)
{
    /// <summary>
    /// Returns a user's rights in the room of two users. A room with a user who does not exist is no room, and one with an
    /// archived user can only be read.
    /// </summary>
    public async Task<RoomRights> GetAsync(ObjectId userId, ObjectId first, ObjectId second, CancellationToken cancellationToken)
    {
        if (userId != first && userId != second)
            return default;
        var other = await users.FindAsync(userId == first ? second : first, cancellationToken);
        return other is null ? default : new RoomRights(true, other.ArchivedAt is null, false);
    }
}
