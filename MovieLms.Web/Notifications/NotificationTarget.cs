using MovieLms.Client;
using MovieLms.Web.Session;

namespace MovieLms.Web.Notifications;

/// <summary>Finds the page that a notification is about. Its link is a path of the API.</summary>
internal static class NotificationTarget
{
    /// <summary>The page for notifications that are about nothing else.</summary>
    internal const string List = "/notifications";

    /// <summary>Returns the address of the page.</summary>
    internal static async Task<string> FindAsync(ConsoleApi console, string? link) =>
        link?.Trim('/').Split('/') switch
        {
            ["api", "courses", var course] => $"/courses/{course}",
            ["api", "courses", var course, "announcements", _] => $"/courses/{course}/announcements",
            ["api", "orders", var order] => $"/orders/{order}",
            ["api", "submissions", var submission] => await FindGradesAsync(console, submission),
            _ => List,
        };

    private static async Task<string> FindGradesAsync(ConsoleApi console, string submission)
    {
        try
        {
            var graded = await console.Api.GetSubmissionAsync(submission, cancellationToken: console.Left);
            return $"/courses/{graded.CourseId}/grades";
        }
        catch (ApiException e) when (e.StatusCode is StatusCodes.Status403Forbidden or StatusCodes.Status404NotFound)
        {
            return List;
        }
    }
}
