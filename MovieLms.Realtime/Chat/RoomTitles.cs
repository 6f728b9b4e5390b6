using MongoDB.Bson;
using MovieLms.Application.Live;
using MovieLms.Data.Courses;
using MovieLms.Data.Identity;

namespace MovieLms.Realtime.Chat;

/// <summary>Looks up the title of a room as a user sees it.</summary>
internal sealed class RoomTitles(CourseStore courses, UserStore users)
{
    /// <summary>Returns the course's title, the other user's name, or <c>Lobby</c>. The caller checks the user's rights.</summary>
    internal async Task<string> GetAsync(string room, string userId, CancellationToken cancellationToken)
    {
        if (!RoomNames.TryParse(room, out var name) || name.Kind == RoomKind.Lobby)
            return RoomNames.LobbyTitle;
        var id = ObjectId.Parse(name.First == userId ? name.Second : name.First);
        var titles =
            name.Kind == RoomKind.Course
                ? await courses.GetTitlesAsync([id], cancellationToken)
                : await users.GetNamesAsync([id], cancellationToken);
        return titles.GetValueOrDefault(id, room);
    }
}
