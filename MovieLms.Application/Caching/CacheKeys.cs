using System.Globalization;
using System.Text;

namespace MovieLms.Application.Caching;

/// <summary>
/// The keys and tags of all cached responses. <see cref="Changes.ChangeFeed"/> invalidates the tags. A test pins the values, because
/// processes of two releases may share one Redis.
/// </summary>
public static class CacheKeys
{
    /// <summary>Tag of responses that contain movies or their ratings.</summary>
    public const string Movies = "movies";

    /// <summary>Tag of responses that contain reviews.</summary>
    public const string Reviews = "reviews";

    /// <summary>Tag of responses that contain favorites.</summary>
    public const string Favorites = "favorites";

    /// <summary>Tag of responses that contain orders.</summary>
    public const string Orders = "orders";

    /// <summary>Returns the key of an analytic's response.</summary>
    /// <param name="name">The analytic's name, as in its path.</param>
    /// <param name="arguments">The validated arguments, always in the same order.</param>
    public static string Analytics(string name, params ReadOnlySpan<object?> arguments) =>
        arguments.IsEmpty ? $"analytics:{name}" : Join($"analytics:{name}:", arguments);

    /// <summary>Returns the key of a page of movies.</summary>
    /// <param name="arguments">The validated, case-folded filters, the sort order and the page size, always in the same order.</param>
    public static string MovieList(params ReadOnlySpan<object?> arguments) => Join("movies:list:", arguments);

    /// <summary>Returns the key of a page of a user's to-dos.</summary>
    /// <param name="ownerId">The user's ID.</param>
    /// <param name="arguments">The validated filters, the sort order and the page position, always in the same order.</param>
    public static string TodoList(string ownerId, params ReadOnlySpan<object?> arguments) => Join($"todos:{ownerId}:", arguments);

    /// <summary>Returns the tag of responses that contain a user's to-dos.</summary>
    public static string TodosTag(string ownerId) => $"todos:{ownerId}";

    /// <summary>Tag of responses that contain any user's enrollments, which include the course titles.</summary>
    public const string Enrollments = "enrollments";

    /// <summary>Returns the key of a page of a student's enrollments.</summary>
    /// <param name="studentId">The student's ID.</param>
    /// <param name="arguments">The validated filters and the page position, always in the same order.</param>
    public static string EnrollmentList(string studentId, params ReadOnlySpan<object?> arguments) =>
        Join($"enrollments:{studentId}:", arguments);

    /// <summary>Returns the tag of responses that contain a student's enrollments.</summary>
    public static string EnrollmentsTag(string studentId) => $"enrollments:{studentId}";

    /// <summary>Tag of responses that contain courses, lectures or assignments.</summary>
    public const string Courses = "teaching";

    /// <summary>Returns the key of a user's dashboard.</summary>
    /// <param name="userId">The user's ID.</param>
    /// <param name="teaches">Whether the dashboard includes courses that the user teaches. Part of the key because roles change.</param>
    public static string Dashboard(string userId, bool teaches) => Join($"dashboard:{userId}:", [teaches]);

    /// <summary>Returns the tag of responses that contain a student's submissions or grades.</summary>
    public static string SubmissionsTag(string studentId) => $"work:{studentId}";

    private static string Join(string prefix, ReadOnlySpan<object?> arguments)
    {
        var key = new StringBuilder(prefix);
        for (var i = 0; i < arguments.Length; i++)
        {
            if (i > 0)
                key.Append('|');
            key.Append(Uri.EscapeDataString(Format(arguments[i])));
        }
        return key.ToString();
    }

    private static string Format(object? argument) =>
        argument switch
        {
            null => string.Empty,
            string text => text,
            DateTimeOffset time => time.UtcTicks.ToString(CultureInfo.InvariantCulture),
            _ => string.Create(CultureInfo.InvariantCulture, $"{argument}"),
        };
}
