using MongoDB.Bson;
using MovieLms.Data.Notifications;
using MovieLms.Data.Todos;

namespace MovieLms.Data.Digests;

/// <summary>The kinds of notifications that a digest repeats.</summary>
internal static class DigestKinds
{
    internal static IReadOnlyCollection<string> Grades { get; } = ["grade"];

    internal static IReadOnlyCollection<string> News { get; } = ["announcement", "enrollment"];
}

/// <summary>Somebody who gets the digest.</summary>
public sealed record DigestReader(ObjectId Id, string Username, string Email);

/// <summary>What a digest holds; of each kind one more than was asked for says that there are more.</summary>
/// <param name="Due">Open to-dos, the earliest first.</param>
/// <param name="Grades">Newest first.</param>
/// <param name="News">Of the courses, newest first.</param>
public sealed record DigestContent(
    IReadOnlyList<TodoDocument> Due,
    IReadOnlyList<NotificationDocument> Grades,
    IReadOnlyList<NotificationDocument> News
)
{
    /// <summary>True when there is nothing to tell.</summary>
    public bool IsEmpty => Due.Count + Grades.Count + News.Count == 0;
}
