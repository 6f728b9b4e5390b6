using System.Globalization;
using System.Text;

namespace MovieLms.ServiceDefaults.Caching;

/// <summary>
/// The keys and tags of everything that is cached, in one place: whoever reads names a key here, whoever writes drops a tag
/// here. A test pins them, since another process may run another release. After a write, drop with a token that the
/// client's leaving does not cancel: what is written is written.
/// </summary>
public static class CacheKeys
{
    /// <summary>On answers made from films, their ratings included.</summary>
    public const string Movies = "movies";

    /// <summary>On answers made from reviews.</summary>
    public const string Reviews = "reviews";

    /// <summary>On answers made from favourites.</summary>
    public const string Favorites = "favorites";

    /// <summary>On answers made from orders.</summary>
    public const string Orders = "orders";

    /// <summary>An analytic's answer.</summary>
    /// <param name="name">The analytic, as in its path.</param>
    /// <param name="arguments">Its checked arguments in a fixed order.</param>
    public static string Analytics(string name, params ReadOnlySpan<object?> arguments) =>
        arguments.IsEmpty ? $"analytics:{name}" : Joined($"analytics:{name}:", arguments);

    /// <summary>A page of films.</summary>
    /// <param name="arguments">The checked filters, folded, the order and the size of the page, always in the same order.</param>
    public static string MovieList(params ReadOnlySpan<object?> arguments) => Joined("movies:list:", arguments);

    /// <summary>A page of one user's to-dos.</summary>
    /// <param name="ownerId">Whose.</param>
    /// <param name="arguments">The checked filters, the order and the place of the page, always in the same order.</param>
    public static string TodoList(string ownerId, params ReadOnlySpan<object?> arguments) => Joined($"todos:{ownerId}:", arguments);

    /// <summary>On answers made from one user's to-dos.</summary>
    public static string Todos(string ownerId) => $"todos:{ownerId}";

    /// <summary>Drops what was made from one user's to-dos: after any write to them, an import's end included.</summary>
    public static ValueTask DropTodosAsync(this JsonCache cache, string ownerId, CancellationToken cancellationToken = default) =>
        cache.DropAsync(Todos(ownerId), cancellationToken);

    /// <summary>On answers made from anybody's enrolments, with the titles of their courses.</summary>
    public const string Enrollments = "enrollments";

    /// <summary>A page of one student's enrolments.</summary>
    /// <param name="studentId">Whose.</param>
    /// <param name="arguments">The checked filters and the place of the page, always in the same order.</param>
    public static string EnrollmentList(string studentId, params ReadOnlySpan<object?> arguments) =>
        Joined($"enrollments:{studentId}:", arguments);

    /// <summary>On answers made from one student's enrolments.</summary>
    public static string EnrollmentsOf(string studentId) => $"enrollments:{studentId}";

    /// <summary>On answers made from courses, their lectures and their assignments.</summary>
    public const string Teaching = "teaching";

    /// <summary>A user's start page.</summary>
    /// <param name="userId">Whose.</param>
    /// <param name="teaches">Whether it shows the user's own courses; a change of role changes it.</param>
    public static string Dashboard(string userId, bool teaches) => Joined($"dashboard:{userId}:", [teaches]);

    /// <summary>On answers made from what one student handed in, and its grades.</summary>
    public static string WorkOf(string studentId) => $"work:{studentId}";

    /// <summary>Drops what was made from courses, lectures and assignments: after any write to one.</summary>
    public static ValueTask DropTeachingAsync(this JsonCache cache, CancellationToken cancellationToken = default) =>
        cache.DropAsync(Teaching, cancellationToken);

    /// <summary>Drops what was made from one student's work: after it is handed in or graded.</summary>
    public static ValueTask DropWorkOfAsync(this JsonCache cache, string studentId, CancellationToken cancellationToken = default) =>
        cache.DropAsync(WorkOf(studentId), cancellationToken);

    /// <summary>
    /// Drops what was made from one student's enrolments: after any write to them, and when the student takes another name.
    /// </summary>
    public static ValueTask DropEnrollmentsOfAsync(this JsonCache cache, string studentId, CancellationToken cancellationToken = default) =>
        cache.DropAsync(EnrollmentsOf(studentId), cancellationToken);

    /// <summary>Drops what was made from anybody's enrolments: after a change of a course, whose students are not counted up.</summary>
    public static ValueTask DropEnrollmentsAsync(this JsonCache cache, CancellationToken cancellationToken = default) =>
        cache.DropAsync(Enrollments, cancellationToken);

    /// <summary>Drops what was made from films: after any write to one, and after an import's batch.</summary>
    public static ValueTask DropMoviesAsync(this JsonCache cache, CancellationToken cancellationToken = default) =>
        cache.DropAsync(Movies, cancellationToken);

    /// <summary>Drops what was made from reviews, and from films, whose ratings they change.</summary>
    public static ValueTask DropReviewsAsync(this JsonCache cache, CancellationToken cancellationToken = default) =>
        cache.DropAsync([Movies, Reviews], cancellationToken);

    /// <summary>Drops what was made from favourites.</summary>
    public static ValueTask DropFavoritesAsync(this JsonCache cache, CancellationToken cancellationToken = default) =>
        cache.DropAsync(Favorites, cancellationToken);

    /// <summary>Drops what was made from orders: after any write to one.</summary>
    public static ValueTask DropOrdersAsync(this JsonCache cache, CancellationToken cancellationToken = default) =>
        cache.DropAsync(Orders, cancellationToken);

    private static string Joined(string beginning, ReadOnlySpan<object?> arguments)
    {
        var key = new StringBuilder(beginning);
        for (var i = 0; i < arguments.Length; i++)
        {
            if (i > 0)
                key.Append('|');
            key.Append(Uri.EscapeDataString(Text(arguments[i])));
        }
        return key.ToString();
    }

    private static string Text(object? argument) =>
        argument switch
        {
            null => string.Empty,
            string text => text,
            DateTimeOffset time => time.UtcTicks.ToString(CultureInfo.InvariantCulture),
            _ => string.Create(CultureInfo.InvariantCulture, $"{argument}"),
        };
}
