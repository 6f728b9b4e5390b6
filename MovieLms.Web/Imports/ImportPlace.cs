using MovieLms.Client;
using MovieLms.Web.Session;

namespace MovieLms.Web.Imports;

/// <summary>The page from which a file was uploaded.</summary>
/// <param name="Address">The address of the page.</param>
/// <param name="Link">The text of a link to what was imported.</param>
/// <param name="ResultAddress">The address of what was imported.</param>
/// <param name="Accept">The types of files that <see cref="ImportForm"/> accepts on that page; null if it has no such form.</param>
internal sealed record ImportPlace(string Address, string Link, string ResultAddress, string? Accept)
{
    private static readonly ImportPlace Movies = new("/movies/import", "Show the movies", "/movies?sort=-added", ImportForm.Lists);
    private static readonly ImportPlace Todos = new("/todos/import", "Show your to-dos", "/todos", ImportForm.Csv);

    /// <summary>Returns the page for an import; null if its course is gone.</summary>
    internal static async Task<ImportPlace?> FindAsync(ConsoleApi console, ImportResponse import) =>
        import.Kind switch
        {
            ImportKind.Movies => Movies,
            ImportKind.Todos => Todos,
            ImportKind.Enrollments when import.SubjectId is { } course => GetPeople(course),
            ImportKind.Grades when import.SubjectId is { } assignment => await FindAssignmentAsync(console, assignment),
            _ => null,
        };

    private static ImportPlace GetPeople(string courseId)
    {
        var people = $"/courses/{courseId}/people";
        return new(people, "Show the students", people, ImportForm.Csv);
    }

    private static async Task<ImportPlace?> FindAssignmentAsync(ConsoleApi console, string assignmentId)
    {
        try
        {
            // Only submissions tell the course of an assignment, and grades belong to submissions.
            var submissions = await console.Api.ListSubmissionsAsync(assignmentId, limit: 1, cancellationToken: console.Left);
            if (submissions.Items.FirstOrDefault() is not { } submission)
                return null;
            var address = $"/courses/{submission.CourseId}/assignments/{assignmentId}";
            return new(address, "Show the assignment", address, Accept: null);
        }
        catch (ApiException e) when (e.StatusCode is StatusCodes.Status403Forbidden or StatusCodes.Status404NotFound)
        {
            return null;
        }
    }
}
