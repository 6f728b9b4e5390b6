using System.Globalization;
using System.Text;

namespace MovieLms.Application.Caching;

/// <summary>
/// The keys and tags of all cached responses. Readers take a key from here; <see cref="Changes.ChangeFeed"/> drops the tags. A test
/// pins them, because processes of two releases may share one Redis.
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
