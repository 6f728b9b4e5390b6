using System.Security.Claims;
using MovieLms.Client;
using MovieLms.Web.Courses;
using MovieLms.Web.Session;

namespace MovieLms.Web.Calendar;

/// <summary>Reads the lectures and assignments of the courses that a visitor takes or teaches, and the visitor's to-dos.</summary>
internal sealed class CalendarReader(ConsoleApi console, DateTimeOffset from, DateTimeOffset to)
{
    /// <summary>The number of courses that are read.</summary>
    internal const int MaxCourses = 40;
    private const int PageSize = 100;
    private const int MaxItems = 500;
    private const int Concurrency = 8;
    private readonly SemaphoreSlim _requests = new(Concurrency);

    /// <summary>Returns the events in their order, and whether the visitor has more courses than were read.</summary>
    internal async Task<(IReadOnlyList<CalendarEvent> Events, bool HasMore)> ReadAsync(ClaimsPrincipal visitor)
    {
        var todos = ReadTodosAsync();
        var courses = await OwnCourse.ReadAsync(console, visitor);
        var read = courses.Take(MaxCourses).SelectMany(course => new[] { ReadLecturesAsync(course), ReadAssignmentsAsync(course) });
        var events = (await Task.WhenAll(read.Append(todos))).SelectMany(part => part);
        return (
            [.. events.OrderBy(item => item.At).ThenBy(item => item.Kind).ThenBy(item => item.Title, StringComparer.Ordinal)],
            courses.Count > MaxCourses
        );
    }

    private Task<List<CalendarEvent>> ReadLecturesAsync(OwnCourse course) =>
        ReadAllAsync<LectureResponse>(
            async cursor => await console.Api.ListLecturesAsync(course.Id, PageSize, cursor, cancellationToken: console.Left),
            lecture =>
                Create(CalendarEventKind.Lecture, lecture.StartsAt, lecture.Title, course, $"/courses/{course.Id}/lectures/{lecture.Id}")
        );

    private Task<List<CalendarEvent>> ReadAssignmentsAsync(OwnCourse course) =>
        ReadAllAsync<AssignmentResponse>(
            async cursor =>
                await console.Api.ListAssignmentsAsync(course.Id, limit: PageSize, cursor: cursor, cancellationToken: console.Left),
            item => Create(CalendarEventKind.Assignment, item.DueAt, item.Title, course, $"/courses/{course.Id}/assignments/{item.Id}")
        );

    private Task<List<CalendarEvent>> ReadTodosAsync() =>
        ReadAllAsync<TodoResponse>(
            async cursor =>
                await console.Api.ListTodosAsync(
                    dueFrom: from,
                    dueTo: to,
                    sort: ListTodosSort.DueDate,
                    limit: PageSize,
                    cursor: cursor,
                    cancellationToken: console.Left
                ),
            todo => Create(CalendarEventKind.Todo, todo.DueDate, todo.Title, course: null, "/todos", todo.Done)
        );

    private CalendarEvent? Create(
        CalendarEventKind kind,
        DateTimeOffset? at,
        string title,
        OwnCourse? course,
        string address,
        bool isDone = false
    ) => at is { } time && time >= from && time < to ? new CalendarEvent(kind, time, title, course?.Title, address, isDone) : null;

    /// <summary>Reads the pages of a list. A course that was deleted in the meantime has no events.</summary>
    private async Task<List<CalendarEvent>> ReadAllAsync<T>(Func<string?, Task<IPage<T>>> read, Func<T, CalendarEvent?> create)
    {
        List<CalendarEvent> events = [];
        await _requests.WaitAsync(console.Left);
        try
        {
            await foreach (var item in Client.Pages.ItemsAsync(read, console.Left).Take(MaxItems))
            {
                if (create(item) is { } found)
                    events.Add(found);
            }
        }
        catch (ApiException e) when (e.StatusCode is StatusCodes.Status403Forbidden or StatusCodes.Status404NotFound)
        {
            return [];
        }
        finally
        {
            _requests.Release();
        }
        return events;
    }
}
