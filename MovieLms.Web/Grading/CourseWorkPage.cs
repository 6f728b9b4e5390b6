using Microsoft.AspNetCore.Components;
using MovieLms.Client;
using MovieLms.Web.Courses;
using MovieLms.Web.Layout;
using MovieLms.Web.Session;

namespace MovieLms.Web.Grading;

/// <summary>A page about the assignments or grades of a course, which it reads first.</summary>
public abstract class CourseWorkPage : LoadedPage
{
    /// <summary>Maximum size of a form with a long text, in which each character may take nine bytes.</summary>
    protected const long MaxFormBytes = 128 * 1024;

    private static readonly Dictionary<string, IEnumerable<string>> NoHeaders = [];

    /// <summary>The ID of the course.</summary>
    [Parameter]
    public string Id { get; set; } = "";

    [CascadingParameter]
    protected HttpContext Http { get; set; } = null!;

    [Inject]
    protected ConsoleApi Console { get; set; } = null!;

    [Inject]
    protected NavigationManager Navigation { get; set; } = null!;

    protected CourseResponse Course { get; private set; } = null!;

    /// <summary>Whether the visitor manages the course. The API decides again.</summary>
    protected bool IsManager { get; private set; }

    /// <summary>Whether the visitor may change assignments and grades of the course.</summary>
    protected bool CanWrite => IsManager && Course.ArchivedAt is null;

    /// <summary>The address of the course.</summary>
    protected string CourseAddress => $"/courses/{Id}";

    /// <summary>The address of the course's assignments.</summary>
    protected string AssignmentsAddress => $"{CourseAddress}/assignments";

    /// <summary>Reads the course.</summary>
    /// <exception cref="ApiException">The visitor is not signed in, or there is no such course.</exception>
    protected async Task LoadCourseAsync()
    {
        if (Http.Visitor() is not { } visitor)
            throw Refuse(StatusCodes.Status401Unauthorized);
        Course = await Console.Api.GetCourseAsync(Id, cancellationToken: Console.Left);
        IsManager = visitor.Manages(Course);
    }

    /// <summary>Reads the course for a form that only its managers use.</summary>
    /// <exception cref="ApiException">The visitor does not manage the course, or it is archived.</exception>
    protected async Task LoadManagedCourseAsync()
    {
        await LoadCourseAsync();
        if (!CanWrite)
            throw Refuse(StatusCodes.Status403Forbidden);
    }

    private static ApiException Refuse(int status) =>
        new("The page is for managers of the course.", status, response: null, NoHeaders, innerException: null);
}
