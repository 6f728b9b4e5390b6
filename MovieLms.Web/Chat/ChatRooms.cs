using MovieLms.ServiceDefaults.Access;
using MovieLms.Web.Session;

namespace MovieLms.Web.Chat;

/// <summary>A room in the list of rooms.</summary>
/// <param name="Name"><c>lobby</c>, <c>course:{id}</c> or <c>dm:{a}:{b}</c>.</param>
/// <param name="Title">The course's title, the other user's name, or <c>Lobby</c>.</param>
/// <param name="Unread">The number of unread messages.</param>
/// <param name="IsModerated">The visitor may delete the messages of others.</param>
public sealed record ChatRoom(string Name, string Title, int Unread, bool IsModerated)
{
    private const string DirectPrefix = "dm:";
    private const string CoursePrefix = "course:";

    public bool IsDirect => Name.StartsWith(DirectPrefix, StringComparison.Ordinal);

    public string Address => GetAddress(Name);

    /// <summary>Returns the address of a room's page.</summary>
    internal static string GetAddress(string name) => $"/chat/{name}";

    /// <summary>Returns the ID of the course that the room belongs to, or null.</summary>
    internal static string? GetCourseId(string name) =>
        name.StartsWith(CoursePrefix, StringComparison.Ordinal) ? name[CoursePrefix.Length..] : null;
}

/// <summary>Reads the visitor's rooms.</summary>
internal static class ChatRooms
{
    private const int MaxOwnCourses = 100;

    /// <summary>Returns the rooms that the API lists, and the room that the visitor has opened.</summary>
    internal static async Task<IReadOnlyList<ChatRoom>> ReadAsync(ConsoleApi console, HttpContext http, string? current)
    {
        var isAdmin = http.Visitor()?.Role() == Roles.Admin;
        var listed = console.Api.ListRoomsAsync(console.Left);
        var own = http.Visitor()?.Role() == Roles.Instructor ? ReadOwnCoursesAsync(console, http) : Task.FromResult<HashSet<string>>([]);
        await Task.WhenAll(listed, own);
        var owned = await own;
        List<ChatRoom> rooms =
        [
            .. (await listed).Items.Select(room => new ChatRoom(room.Name, room.Title, room.Unread, IsModerated(room.Name))),
        ];
        if (current is not null && rooms.TrueForAll(room => room.Name != current))
            rooms.Add(new ChatRoom(current, await FindTitleAsync(console, current), 0, IsModerated(current)));
        return rooms;

        bool IsModerated(string name) =>
            isAdmin ? !new ChatRoom(name, "", 0, false).IsDirect : ChatRoom.GetCourseId(name) is { } course && owned.Contains(course);
    }

    private static async Task<HashSet<string>> ReadOwnCoursesAsync(ConsoleApi console, HttpContext http)
    {
        var courses = await console.Api.ListCoursesAsync(ownerId: http.User.Id(), limit: MaxOwnCourses, cancellationToken: console.Left);
        return [.. courses.Items.Select(course => course.Id)];
    }

    /// <summary>The hub knows the names of all users; the API has only those of the listed rooms.</summary>
    private static async Task<string> FindTitleAsync(ConsoleApi console, string name) =>
        ChatRoom.GetCourseId(name) is { } course
            ? (await console.Api.GetCourseAsync(course, cancellationToken: console.Left)).Title
            : "Direct message";
}
