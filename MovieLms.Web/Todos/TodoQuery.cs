using Microsoft.AspNetCore.WebUtilities;
using MovieLms.Client;

namespace MovieLms.Web.Todos;

/// <summary>What the page of to-dos shows, as in its address.</summary>
/// <param name="Search">Words of titles and descriptions.</param>
/// <param name="State">One of <see cref="States"/>; null for open to-dos.</param>
/// <param name="Due">One of <see cref="DueTimes"/>; null for any.</param>
/// <param name="Sort">One of <see cref="Sorts"/>; null for the due date.</param>
/// <param name="Cursor">The API's position of the page; null for the first one.</param>
public sealed record TodoQuery(string? Search, string? State, string? Due, string? Sort, string? Cursor)
{
    internal const string Deleted = "deleted";
    internal const string Overdue = "overdue";
    private const string Path = "/todos";
    private const string Day = "day";
    private const string Week = "week";

    /// <summary>The states to choose from. The first one is the default, which the address omits.</summary>
    public static IReadOnlyList<(string Value, string Name)> States { get; } =
    [("", "Open"), ("done", "Done"), ("all", "Open and done"), (Deleted, "Deleted")];

    /// <summary>The due times to choose from.</summary>
    public static IReadOnlyList<(string Value, string Name)> DueTimes { get; } =
    [("", "At any time"), (Overdue, "Overdue"), (Day, "In the next 24 hours"), (Week, "In the next 7 days")];

    /// <summary>The orders to choose from.</summary>
    public static IReadOnlyList<(string Value, string Name, ListTodosSort Sort)> Sorts { get; } =
    [
        ("", "Due date", ListTodosSort.DueDate),
        ("priority", "Priority", ListTodosSort.Minuspriority),
        ("newest", "Newest", ListTodosSort.MinuscreatedAt),
    ];

    public bool IsDeleted => State == Deleted;

    public bool IsFiltered => Search is not null || State is not null || Due is not null;

    /// <summary>The filter of the API for finished to-dos.</summary>
    public bool? Done =>
        State switch
        {
            null => false,
            "done" => true,
            _ => null,
        };

    public ListTodosSort ApiSort => Sorts.FirstOrDefault(sort => sort.Value == Sort, Sorts[0]).Sort;

    /// <summary>Reads an address. Unknown values are ignored.</summary>
    public static TodoQuery Parse(string? search, string? state, string? due, string? sort, string? cursor) =>
        new(
            Clean(search),
            States.Any(known => known.Value == state) ? Clean(state) : null,
            DueTimes.Any(known => known.Value == due) ? Clean(due) : null,
            Sorts.Any(known => known.Value == sort) ? Clean(sort) : null,
            Clean(cursor)
        );

    /// <summary>Returns the API's range of due dates. Whole minutes, so that the API can cache the list.</summary>
    public (DateTimeOffset? From, DateTimeOffset? To) GetDueRange(DateTimeOffset now)
    {
        var minute = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMinute));
        return Due switch
        {
            Overdue => (null, minute),
            Day => (minute, minute.AddDays(1)),
            Week => (minute, minute.AddDays(7)),
            _ => (null, null),
        };
    }

    /// <summary>Returns the address of this page, with the parts of the page that are not filters.</summary>
    /// <param name="edit">The ID of the to-do that is edited.</param>
    /// <param name="undo">The ID of the to-do that was just deleted.</param>
    public string ToAddress(string? edit = null, string? undo = null)
    {
        var query = new Dictionary<string, string?>
        {
            ["search"] = Search,
            ["state"] = State,
            ["due"] = Due,
            ["sort"] = Sort,
            ["cursor"] = Cursor,
            ["edit"] = edit,
            ["undo"] = undo,
        };
        var address = QueryHelpers.AddQueryString(Path, query.Where(pair => pair.Value is not null));
        return edit is null ? address : $"{address}#todo-{edit}";
    }

    private static string? Clean(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
