using System.Globalization;
using MovieLms.Application.Mail;
using MovieLms.Data.Digests;
using MovieLms.Data.Mail;
using MovieLms.Data.Notifications;
using MovieLms.Data.Todos;

namespace MovieLms.Worker.Digests;

/// <summary>A digest as a mail; a pure function of what it tells.</summary>
internal static class DigestMail
{
    /// <summary>Of each kind; a mail is no list to work through.</summary>
    internal const int MaxItems = 10;

    private const int MaxTextLength = 300;

    internal static OutgoingMail Render(
        DigestReader reader,
        DigestContent content,
        DateTimeOffset now,
        TimeZoneInfo zone,
        string unsubscribe
    ) =>
        new MailTemplate("Your week at MovieLms", [$"Hello {reader.Username},"])
        {
            Sections = [.. Sections(content, now, zone)],
            Footnote = "You get this mail once a week, when there is something to tell.",
            FootLink = ("No more weekly digests", unsubscribe),
        }.To(reader.Email) with
        {
            Unsubscribe = unsubscribe,
        };

    private static IEnumerable<MailSection> Sections(DigestContent content, DateTimeOffset now, TimeZoneInfo zone)
    {
        if (content.Due.Count > 0)
            yield return new MailSection("To-dos due", Items(content.Due, todo => Line(todo, now, zone)));
        if (content.Grades.Count > 0)
            yield return new MailSection("New grades", Items(content.Grades, Line));
        if (content.News.Count > 0)
            yield return new MailSection("From your courses", Items(content.News, Line));
    }

    private static List<string> Items<T>(IReadOnlyList<T> items, Func<T, string> line)
    {
        List<string> lines = [.. items.Take(MaxItems).Select(line)];
        if (items.Count > MaxItems)
            lines.Add("and more");
        return lines;
    }

    private static string Line(TodoDocument todo, DateTimeOffset now, TimeZoneInfo zone)
    {
        var due = TimeZoneInfo.ConvertTime(todo.DueDate ?? now, zone);
        var note =
            todo.DueDate < now ? ", overdue"
            : todo.Priority == TodoPriority.High ? ", high priority"
            : "";
        return string.Create(CultureInfo.InvariantCulture, $"{due:ddd d MMM}: {todo.Title}{note}");
    }

    private static string Line(NotificationDocument told) =>
        told.Text.Length is 0 or > MaxTextLength ? told.Title : $"{told.Title}: {told.Text}";
}
