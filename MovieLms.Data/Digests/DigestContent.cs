using MongoDB.Bson;
using MovieLms.Data.Notifications;
using MovieLms.Data.Todos;

namespace MovieLms.Data.Digests;

/// <summary>The kinds of notifications that a digest contains.</summary>
internal static class DigestKinds
{
    internal static IReadOnlyCollection<string> Grades { get; } = ["grade"];

    internal static IReadOnlyCollection<string> News { get; } = ["announcement", "enrollment"];
}

/// <summary>A recipient of the digest.</summary>
public sealed record DigestRecipient(ObjectId Id, string Username, string Email);

/// <summary>The contents of a digest. A list with one item more than its limit indicates that there are more.</summary>
/// <param name="Due">Open to-dos, earliest due date first.</param>
/// <param name="Grades">Notifications of grades, newest first.</param>
/// <param name="News">Notifications of announcements and enrollments, newest first.</param>
public sealed record DigestContent(
    IReadOnlyList<TodoDocument> Due,
    IReadOnlyList<NotificationDocument> Grades,
    IReadOnlyList<NotificationDocument> News
)
{
    /// <summary>True when there is nothing to send.</summary>
    public bool IsEmpty => Due.Count + Grades.Count + News.Count == 0;
}
