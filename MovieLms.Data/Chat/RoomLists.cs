using MongoDB.Bson;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Identity;
using MovieLms.Data.PersonalData;

namespace MovieLms.Data.Chat;

/// <summary>A room in a user's list of rooms.</summary>
/// <param name="Name"><c>lobby</c>, <c>course:{id}</c> or <c>dm:{a}:{b}</c>.</param>
/// <param name="Title">The course's title, the other user's name, or null for the lobby.</param>
/// <param name="Unread">Messages of others since the user's read mark, counted up to about <see cref="ChatLimits.Unread"/>.</param>
/// <param name="LastSequence">The number of the last message.</param>
/// <param name="ReadSequence">The user's read mark.</param>
/// <param name="LastMessageAt">Null when the room has no messages.</param>
public sealed record RoomView(string Name, string? Title, int Unread, long LastSequence, long ReadSequence, DateTimeOffset? LastMessageAt);

/// <summary>Lists the rooms of a user with their unread counts, in a fixed number of queries.</summary>
public sealed class RoomLists(RoomStore rooms, CourseLists courses, CourseStore titles, EnrollmentLists enrollments, UserStore users)
{
    /// <summary>Returns the lobby, the rooms of the courses that the user takes or owns, and the user's direct rooms.</summary>
    /// <remarks><c>lobby</c> is the name of the lobby; <c>courseRoom</c> returns the name of a course's room.</remarks>
    public async Task<IReadOnlyList<RoomView>> ListAsync(
        CourseAccess access,
        string lobby,
        Func<ObjectId, string> courseRoom,
        CancellationToken cancellationToken
    )
    {
        var userId = access.UserId;
        var courseTitles = await ListTitlesAsync(access, cancellationToken);
        var names = courseTitles.Keys.ToDictionary(courseRoom);
        var direct = await rooms.ListDirectAsync(userId, ChatLimits.Rooms, cancellationToken);
        var shared = await rooms.ListAsync([lobby, .. names.Keys], cancellationToken);
        RoomDocument[] all = [.. shared, .. direct];
        var marks = await rooms.GetReadMarksAsync(userId, [.. all.Select(room => room.Id)], cancellationToken);
        var unread = await rooms.CountUnreadAsync(userId, all, marks, cancellationToken);
        var byName = shared.ToDictionary(room => room.Name);
        var otherNames = await users.GetNamesAsync([.. direct.Select(room => OtherUser(room, userId))], cancellationToken);

        RoomView View(string name, string? title, RoomDocument? room) =>
            new(
                name,
                title,
                room is null ? 0 : unread.GetValueOrDefault(room.Id),
                room?.LastSequence ?? 0,
                room is null ? 0 : marks.GetValueOrDefault(room.Id),
                room?.LastMessageAt
            );

        return
        [
            View(lobby, null, byName.GetValueOrDefault(lobby)),
            .. names
                .Select(pair => View(pair.Key, courseTitles[pair.Value], byName.GetValueOrDefault(pair.Key)))
                .OrderBy(room => room.Title, StringComparer.OrdinalIgnoreCase),
            .. direct.Select(room =>
                View(room.Name, otherNames.GetValueOrDefault(OtherUser(room, userId)) ?? PersonalCollections.ErasedName, room)
            ),
        ];
    }

    private static ObjectId OtherUser(RoomDocument room, ObjectId userId) => room.UserIds.FirstOrDefault(id => id != userId);

    private async Task<IReadOnlyDictionary<ObjectId, string>> ListTitlesAsync(CourseAccess access, CancellationToken cancellationToken)
    {
        var owned = await courses.ListOwnedAsync(access, ChatLimits.Rooms, cancellationToken);
        var enrolled = await enrollments.ListAsync(
            new EnrollmentFilter(StudentId: access.UserId),
            null,
            ChatLimits.Rooms,
            cancellationToken
        );
        var ids = enrolled
            .Items.Where(enrollment => enrollment.Status != EnrollmentStatus.Withdrawn)
            .Select(enrollment => enrollment.CourseId)
            .ToArray();
        var all = new Dictionary<ObjectId, string>(await titles.GetTitlesAsync(ids, cancellationToken));
        foreach (var course in owned)
            all[course.Id] = course.Title;
        return all;
    }
}
