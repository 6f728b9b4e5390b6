namespace MovieLms.Web.Calendar;

/// <summary>What an event of the calendar is.</summary>
public enum CalendarEventKind
{
    Lecture,
    Assignment,
    Todo,
}

/// <summary>Something with a time.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="At">When a lecture starts, or something is due.</param>
/// <param name="Title">Its title.</param>
/// <param name="Course">The title of its course; null for a to-do.</param>
/// <param name="Address">The address of its page.</param>
/// <param name="IsDone">Whether a to-do is done.</param>
public sealed record CalendarEvent(
    CalendarEventKind Kind,
    DateTimeOffset At,
    string Title,
    string? Course,
    string Address,
    bool IsDone = false
)
{
    /// <summary>The day in UTC.</summary>
    public DateOnly Day => DateOnly.FromDateTime(At.UtcDateTime);
}
