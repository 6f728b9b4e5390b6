using Microsoft.AspNetCore.Components;
using MovieLms.Client;
using MovieLms.ServiceDefaults.Access;
using MovieLms.Web.Layout;
using MovieLms.Web.Session;

namespace MovieLms.Web.Courses;

/// <summary>A page of a course, which it reads first.</summary>
public abstract class CourseSectionPage : LoadedPage
{
    /// <summary>Maximum size of a form with a long text, in which each character may take nine bytes.</summary>
    internal const long MaxFormBytes = 128 * 1024;

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

    /// <summary>The visitor's enrollment, which may be withdrawn; null if the visitor was never enrolled.</summary>
    protected EnrollmentResponse? Enrollment { get; private set; }

    protected bool IsManager { get; private set; }

    protected bool IsEnrolled => Enrollment is { Status: not EnrollmentStatus.Withdrawn };

    /// <summary>Whether the visitor may change what belongs to the course.</summary>
    protected bool CanWrite => IsManager && Course.ArchivedAt is null;

    /// <summary>The address of the course.</summary>
    protected string Address => $"/courses/{Id}";

    /// <summary>The problem of a change that failed, apart from those that belong to a field.</summary>
    protected ApiProblem? Problem { get; private set; }

    /// <summary>Reads the course, and what the visitor is in it.</summary>
    /// <exception cref="ApiException">The visitor is not signed in, or there is no such course.</exception>
    protected async Task LoadCourseAsync()
    {
        if (Http.Visitor() is not { } visitor)
            throw Refuse(StatusCodes.Status401Unauthorized);
        var course = Console.Api.GetCourseAsync(Id, cancellationToken: Console.Left);
        var enrollments = ReadEnrollmentsAsync(visitor.Id(), archived: false);
        await Task.WhenAll(course, enrollments);
        Course = await course;
        IsManager = visitor.Manages(Course);
        Enrollment = (await enrollments).FirstOrDefault();
        if (Course.ArchivedAt is not null && Enrollment is null)
            Enrollment = (await ReadEnrollmentsAsync(visitor.Id(), archived: true)).FirstOrDefault();
    }

    /// <summary>Reads the course for a page that only its managers use.</summary>
    /// <exception cref="ApiException">The visitor does not manage the course.</exception>
    protected async Task LoadManagedCourseAsync()
    {
        await LoadCourseAsync();
        if (!IsManager)
            throw Refuse(StatusCodes.Status403Forbidden);
    }

    /// <summary>Changes something and shows a page, or the problem.</summary>
    protected async Task ChangeAsync(Func<Task> change, string address)
    {
        try
        {
            await change();
        }
        catch (Exception e) when (FormValues.CanShow(e))
        {
            Problem = ApiProblem.From(e);
            return;
        }
        Navigation.NavigateTo(address);
    }

    private async Task<IReadOnlyList<EnrollmentResponse>> ReadEnrollmentsAsync(string visitor, bool archived)
    {
        var found = await Console.Api.ListEnrollmentsAsync(Id, visitor, archived: archived, limit: 1, cancellationToken: Console.Left);
        return found.Items;
    }

    /// <summary>Returns the exception that leads to the sign-in page (401) or to an error page.</summary>
    internal static ApiException Refuse(int status) =>
        new("The page is for others.", status, response: null, NoHeaders, innerException: null);
}
