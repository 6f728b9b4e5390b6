using MongoDB.Bson;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Identity;

namespace MovieLms.Data.Chat;

/// <summary>A room as one user sees it in their list.</summary>
/// <param name="Name"><c>lobby</c>, <c>course:{id}</c> or <c>dm:{a}:{b}</c>.</param>
/// <param name="Title">The course's title, the other user's name, or null for the lobby.</param>
/// <param name="Unread">Messages of others since the user's read mark, at most about <see cref="ChatLimits.Unread"/>.</param>
/// <param name="LastSequence">The number of the last message.</param>
/// <param name="ReadSequence">The user's read mark.</param>
/// <param name="LastMessageAt">Null when nothing was written yet.</param>
public sealed record RoomView(string Name, string? Title, int Unread, long LastSequence, long ReadSequence, DateTimeOffset? LastMessageAt);

/// <summary>The rooms of a user with what is unread: a fixed number of queries, however many rooms there are.</summary>
public sealed class RoomLists(RoomStore rooms, CourseLists courses, CourseStore titles, EnrollmentLists enrollments, UserStore users)
{
    /// <summary>The lobby, the rooms of the courses that a user takes or manages as their owner, and their direct rooms.</summary>
    /// <param name="access">The user, with their access to courses.</param>
    /// <param name="lobby">The lobby's name.</param>
    /// <param name="courseRoom">The name of a course's room.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task<IReadOnlyList<RoomView>> ListAsync(
        CourseAccess access,
        string lobby,
        Func<ObjectId, string> courseRoom,
        CancellationToken cancellationToken
    )
    {
        var userId = access.UserId;
        var courseTitles = await CoursesAsync(access, cancellationToken);
        var names = courseTitles.Keys.ToDictionary(courseRoom);
        var direct = await rooms.ListDirectAsync(userId, ChatLimits.Rooms, cancellationToken);
        var entered = await rooms.ListAsync([lobby, .. names.Keys], cancellationToken);
        RoomDocument[] all = [.. entered, .. direct];
        var marks = await rooms.MarksAsync(userId, [.. all.Select(room => room.Id)], cancellationToken);
        var unread = await rooms.CountUnreadAsync(userId, all, marks, cancellationToken);
        var byName = entered.ToDictionary(room => room.Name);
        var others = await users.NamesAsync([.. direct.Select(room => Other(room, userId))], cancellationToken);

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
            .. direct.Select(room => View(room.Name, others.GetValueOrDefault(Other(room, userId)), room)),
        ];
    }

    private static ObjectId Other(RoomDocument room, ObjectId userId) => room.UserIds.FirstOrDefault(id => id != userId);

    private async Task<IReadOnlyDictionary<ObjectId, string>> CoursesAsync(CourseAccess access, CancellationToken cancellationToken)
    {
        var owned = await courses.ListOwnedAsync(access, ChatLimits.Rooms, cancellationToken);
        var taken = await enrollments.ListAsync(new EnrollmentFilter(StudentId: access.UserId), null, ChatLimits.Rooms, cancellationToken);
        var ids = taken
            .Items.Where(enrollment => enrollment.Status != EnrollmentStatus.Withdrawn)
            .Select(enrollment => enrollment.CourseId)
            .ToArray();
        var all = new Dictionary<ObjectId, string>(await titles.TitlesAsync(ids, cancellationToken));
        foreach (var course in owned)
            all[course.Id] = course.Title;
        return all;
    }
}
