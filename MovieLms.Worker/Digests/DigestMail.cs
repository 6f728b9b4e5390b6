using System.Globalization;
using MovieLms.Application.Mail;
using MovieLms.Data.Digests;
using MovieLms.Data.Mail;
using MovieLms.Data.Notifications;
using MovieLms.Data.Todos;

namespace MovieLms.Worker.Digests;

/// <summary>Renders a digest as a mail. A pure function of its content.</summary>
internal static class DigestMail
{
    /// <summary>The maximum number of items per section, to keep the mail short.</summary>
    internal const int MaxItems = 10;

    private const int MaxTextLength = 300;

    internal static OutgoingMail Render(
        DigestRecipient reader,
        DigestContent content,
        DateTimeOffset now,
        TimeZoneInfo zone,
        PageLinks pages,
        string unsubscribeUrl
    ) =>
        new MailTemplate("Your week at MovieLms", [$"Hello {reader.Username},"])
        {
            Sections = [.. Sections(content, now, zone, pages)],
            Button = ("Open MovieLms", pages.Start),
            Footnote = "You receive this mail once a week, when there is something new.",
            FootLink = ("Unsubscribe from weekly digests", unsubscribeUrl),
        }.To(reader.Email) with
        {
            Unsubscribe = unsubscribeUrl,
        };

    private static IEnumerable<MailSection> Sections(DigestContent content, DateTimeOffset now, TimeZoneInfo zone, PageLinks pages)
    {
        if (content.Due.Count > 0)
            yield return new MailSection("To-dos due", ToItems(content.Due, todo => new MailItem(Format(todo, now, zone), pages.Todos)));
        if (content.Grades.Count > 0)
            yield return new MailSection("New grades", ToItems(content.Grades, ToItem));
        if (content.News.Count > 0)
            yield return new MailSection("From your courses", ToItems(content.News, ToItem));

        MailItem ToItem(NotificationDocument notification) => new(Format(notification), pages.FromNotification(notification.Link));
    }

    private static List<MailItem> ToItems<T>(IReadOnlyList<T> items, Func<T, MailItem> convert)
    {
        List<MailItem> lines = [.. items.Take(MaxItems).Select(convert)];
        if (items.Count > MaxItems)
            lines.Add(new MailItem("and more"));
        return lines;
    }

    private static string Format(TodoDocument todo, DateTimeOffset now, TimeZoneInfo zone)
    {
        var due = TimeZoneInfo.ConvertTime(todo.DueDate ?? now, zone);
        var note =
            todo.DueDate < now ? ", overdue"
            : todo.Priority == TodoPriority.High ? ", high priority"
            : "";
        return string.Create(CultureInfo.InvariantCulture, $"{due:ddd d MMM}: {todo.Title}{note}");
    }

    private static string Format(NotificationDocument notification) =>
        notification.Text.Length is 0 or > MaxTextLength ? notification.Title : $"{notification.Title}: {notification.Text}";
}
