using System.Globalization;
using MovieLms.Client;
using MovieLms.Web.Layout;

namespace MovieLms.Web.Todos;

/// <summary>The fields of a to-do as a form has them.</summary>
/// <param name="DueDate">A date or a date and time in the visitor's time zone, as browsers send them.</param>
/// <param name="DueOffset">The minutes from the visitor's time to UTC, which a script fills in. Without it the time is UTC.</param>
internal sealed record TodoInput(string? Title, string? Description, string? DueDate, string? DueOffset, string? Priority)
{
    private const string DayFormat = "yyyy-MM-dd";
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm";
    private const int MaxOffsetMinutes = 18 * 60;
    private static readonly TimeSpan EndOfDay = new(23, 59, 0);

    /// <summary>The due date in UTC if it is the stored one, so that a script can convert it.</summary>
    internal string? StoredDueDate { get; private init; }

    /// <summary>Returns the fields of a to-do.</summary>
    internal static TodoInput From(TodoResponse todo)
    {
        var due = UtcTimeInput.Format(todo.DueDate);
        return new TodoInput(todo.Title, todo.Description, due, null, ToName(todo.Priority)) { StoredDueDate = due };
    }

    internal static string ToName(TodoPriority priority) =>
        priority switch
        {
            TodoPriority.Low => "low",
            TodoPriority.High => "high",
            _ => "medium",
        };

    /// <summary>Returns the request, or the message of a due date that cannot be read.</summary>
    internal (TodoRequest? Request, FormErrors Errors) ToRequest(bool isDone)
    {
        if (!TryReadDueDate(out var due))
            return (null, FormErrors.Create("dueDate", "Enter a date, such as 2026-05-31."));
        return (
            new TodoRequest
            {
                Title = Title?.Trim() ?? "",
                Description = string.IsNullOrWhiteSpace(Description) ? null : Description,
                DueDate = due,
                Priority = Priority switch
                {
                    "low" => TodoPriority.Low,
                    "high" => TodoPriority.High,
                    _ => TodoPriority.Medium,
                },
                Done = isDone,
            },
            new FormErrors()
        );
    }

    /// <summary>Reads the due date. A date without a time means the end of that day.</summary>
    private bool TryReadDueDate(out DateTimeOffset? due)
    {
        due = null;
        if (string.IsNullOrWhiteSpace(DueDate))
            return true;
        string[] formats = [DayFormat, TimeFormat, TimeFormat + "':'ss"];
        if (!DateTime.TryParseExact(DueDate.Trim(), formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
            return false;
        if (DueDate.Trim().Length == DayFormat.Length)
            local += EndOfDay;
        var minutes = int.TryParse(DueOffset, CultureInfo.InvariantCulture, out var given) ? given : 0;
        minutes = Math.Clamp(minutes, -MaxOffsetMinutes, MaxOffsetMinutes);
        // Years at the limits of the calendar have no time in another time zone.
        if (local.Year is 1 or 9999)
            return false;
        due = new DateTimeOffset(local, TimeSpan.Zero).AddMinutes(minutes);
        return true;
    }
}
