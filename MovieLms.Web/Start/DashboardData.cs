using System.Globalization;
using MovieLms.Client;
using MovieLms.Web.Layout;
using MovieLms.Web.Session;

namespace MovieLms.Web.Start;

/// <summary>What the start page shows a visitor who is signed in. A part that the API does not return is missing.</summary>
public sealed class DashboardData
{
    private const int Shown = 3;

    /// <summary>The courses whose announcements are read, so that a visitor of many courses waits no longer.</summary>
    private const int AnnouncedCourses = 5;

    /// <summary>Courses, assignments, grades, to-dos and unread messages; null if the API failed.</summary>
    internal DashboardResponse? Main { get; private init; }

    /// <summary>Why <see cref="Main"/> is missing.</summary>
    internal ApiProblem? Problem { get; private init; }

    /// <summary>The newest announcements of the visitor's courses.</summary>
    internal IReadOnlyList<AnnouncementResponse> Announcements { get; private init; } = [];

    /// <summary>The number of unread notifications.</summary>
    internal int UnreadNotifications { get; private init; }

    /// <summary>The visitor's newest orders.</summary>
    internal IReadOnlyList<OrderResponse> Orders { get; private init; } = [];

    /// <summary>For administrators: numbers with the pages that explain them.</summary>
    internal IReadOnlyList<Figure> Figures { get; private init; } = [];

    /// <exception cref="ApiException">The visitor's session has ended.</exception>
    internal static async Task<DashboardData> ReadAsync(ConsoleApi console, bool isAdmin)
    {
        var unread = TryAsync(() => console.Api.GetUnreadAsync(console.Left));
        var orders = TryAsync(() => console.Api.ListOrdersAsync(limit: Shown, cancellationToken: console.Left));
        var figures = isAdmin ? ReadFiguresAsync(console) : Task.FromResult<IReadOnlyList<Figure>>([]);
        var (main, problem) = await ReadMainAsync(console);
        var announcements = main is null ? [] : await ReadAnnouncementsAsync(console, main.Courses);
        return new DashboardData
        {
            Main = main,
            Problem = problem,
            Announcements = announcements,
            UnreadNotifications = (await unread)?.Notifications ?? 0,
            Orders = (await orders)?.Items ?? [],
            Figures = await figures,
        };
    }

    private static async Task<(DashboardResponse? Main, ApiProblem? Problem)> ReadMainAsync(ConsoleApi console)
    {
        try
        {
            return (await console.Api.GetDashboardAsync(cancellationToken: console.Left), null);
        }
        catch (Exception e) when (CanShow(e))
        {
            return (null, ApiProblem.From(e));
        }
    }

    private static async Task<IReadOnlyList<AnnouncementResponse>> ReadAnnouncementsAsync(
        ConsoleApi console,
        IReadOnlyList<DashboardCourseDto> courses
    )
    {
        var lists = await Task.WhenAll(
            courses
                .Take(AnnouncedCourses)
                .Select(course => TryAsync(() => console.Api.ListAnnouncementsAsync(course.Id, Shown, cancellationToken: console.Left)))
        );
        return [.. lists.SelectMany(list => list?.Items ?? []).OrderByDescending(announcement => announcement.CreatedAt).Take(Shown)];
    }

    private static async Task<IReadOnlyList<Figure>> ReadFiguresAsync(ConsoleApi console)
    {
        var left = console.Left;
        var users = TryAsync(() => console.Api.ListUsersAsync(limit: 1, count: true, cancellationToken: left));
        var courses = TryAsync(() => console.Api.ListCoursesAsync(limit: 1, count: true, cancellationToken: left));
        var movies = TryAsync(() => console.Api.ListMoviesAsync(limit: 1, count: true, cancellationToken: left));
        var imports = TryAsync(() =>
            console.Api.ListImportsAsync(ListImportsState.Processing, all: true, limit: 1, count: true, cancellationToken: left)
        );
        Figure?[] figures =
        [
            Figure.Create("Users", (await users)?.Total, "/admin/users"),
            Figure.Create("Courses", (await courses)?.Total, "/courses"),
            Figure.Create("Movies", (await movies)?.Total, "/movies"),
            Figure.Create("Running imports", (await imports)?.Total, "/admin/imports"),
        ];
        return [.. figures.OfType<Figure>()];
    }

    private static async Task<T?> TryAsync<T>(Func<Task<T>> read)
        where T : class
    {
        try
        {
            return await read();
        }
        catch (Exception e) when (CanShow(e))
        {
            return null;
        }
    }

    /// <summary>A visitor whose session has ended is sent to the sign-in page instead.</summary>
    private static bool CanShow(Exception exception) =>
        ApiProblem.IsFailure(exception) && exception is not ApiException { StatusCode: StatusCodes.Status401Unauthorized };

    /// <summary>A number with the page that explains it.</summary>
    public sealed record Figure(string Label, string Value, string Address)
    {
        /// <summary>Returns a figure, or null if the number is unknown.</summary>
        internal static Figure? Create(string label, PageTotal? total, string address) =>
            total is null
                ? null
                : new(label, $"{total.Count.ToString("N0", CultureInfo.InvariantCulture)}{(total.IsExact ? "" : "+")}", address);
    }
}
