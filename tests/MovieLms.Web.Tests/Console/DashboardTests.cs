using System.Net;

namespace MovieLms.Web.Tests.Console;

/// <summary>The start page of a signed-in visitor, with an API that responds as each test says.</summary>
public sealed class DashboardTests
{
    private static readonly string Id = new('0', 24);

    private static object Dashboard { get; } = new
    {
        courses = new[]
        {
            new
            {
                id = Id,
                title = "Editing <1>",
                owned = false,
                grade = 91.5,
            },
        },
        nextLectures = new[]
        {
            new
            {
                id = Id,
                courseId = Id,
                courseTitle = "Editing <1>",
                title = "The cut",
                startsAt = "2027-01-15T10:00:00Z",
                attendableUntil = "2027-01-15T12:00:00Z",
            },
        },
        assignmentsDue = new[]
        {
            new
            {
                id = Id,
                courseId = Id,
                courseTitle = "Editing <1>",
                title = "A scene in one shot",
                dueAt = "2027-01-22T17:00:00Z",
                overdue = true,
            },
        },
        grades = new[]
        {
            new
            {
                submissionId = Id,
                assignmentTitle = "Storyboard",
                courseId = Id,
                courseTitle = "Editing <1>",
                grade = 87.5,
                gradedAt = "2027-01-15T10:00:00Z",
            },
        },
        toGrade = new[]
        {
            new
            {
                assignmentId = Id,
                title = "Sound",
                courseId = Id,
                courseTitle = "Editing <1>",
                waiting = 4,
            },
        },
        todos = new
        {
            open = 2,
            overdue = 1,
            next = new[]
            {
                new
                {
                    id = Id,
                    title = "Watch Metropolis",
                    priority = "high",
                    done = false,
                    version = 1,
                    createdAt = "2027-01-15T10:00:00Z",
                    updatedAt = "2027-01-15T10:00:00Z",
                },
            },
        },
        unread = new
        {
            total = 3,
            rooms = new[]
            {
                new
                {
                    name = $"course:{Id}",
                    title = "Editing <1>",
                    unread = 3,
                    lastSequence = 5,
                    readSequence = 2,
                },
            },
        },
    };

    [Fact]
    public async Task The_dashboard_links_to_what_waits_for_the_visitor()
    {
        await using var console = await ConsoleHost.StartAsync("instructor");
        console.Respond("GET /api/dashboard", Dashboard);
        console.Respond(
            "GET /api/unread",
            new
            {
                total = 5,
                notifications = 2,
                messages = 3,
                rooms = Array.Empty<object>(),
            }
        );
        console.Respond(
            $"GET /api/courses/{Id}/announcements",
            new
            {
                items = new[]
                {
                    new
                    {
                        id = Id,
                        courseId = Id,
                        authorId = Id,
                        title = "A new room",
                        text = "Room 12",
                        createdAt = "2027-01-15T10:00:00Z",
                    },
                },
                nextCursor = (string?)null,
            }
        );
        var (response, html) = await console.GetAsync("/");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("Welcome back, Agnes &lt;Varda&gt;", html);
        Assert.Contains("1 assignment due, 4 submissions to grade, 2 open to-dos, 5 unread.", html);
        string[] paths =
        [
            $"/courses/{Id}",
            $"/courses/{Id}/assignments/{Id}",
            $"/courses/{Id}/assignments/{Id}?filter=ungraded",
            $"/courses/{Id}/lectures",
            $"/courses/{Id}/announcements",
            $"/submissions/{Id}",
            $"/chat/course%3A{Id}",
            "/notifications",
            "/todos",
        ];
        Assert.All(paths, path => Assert.Contains($"href=\"{path}\"", html));
        Assert.Contains("Editing &lt;1&gt;", html);
        Assert.Contains("1 overdue", html);
        Assert.DoesNotContain("This installation", html);
    }

    [Fact]
    public async Task Administrators_see_numbers()
    {
        await using var console = await ConsoleHost.StartAsync("admin");
        console.Respond("GET /api/dashboard", Dashboard);
        foreach (var list in new[] { "users", "courses", "movies", "imports" })
        {
            console.Respond(
                $"GET /api/{list}",
                new
                {
                    items = Array.Empty<object>(),
                    nextCursor = (string?)null,
                    total = new { count = 3200, isExact = true },
                }
            );
        }
        var (_, html) = await console.GetAsync("/");
        Assert.Contains("href=\"/admin/users\"", html);
        Assert.Contains("3,200", html);
    }

    [Fact]
    public async Task A_dashboard_that_cannot_be_read_is_a_message_and_an_ended_session_leads_to_sign_in()
    {
        await using var console = await ConsoleHost.StartAsync("student");
        console.Refuse("GET /api/dashboard", 503, "Busy");
        var (response, html) = await console.GetAsync("/");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("Busy", html);
        console.Refuse("GET /api/dashboard", 401, "Unauthorized");
        (response, _) = await console.GetAsync("/");
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal("/sign-in", response.Headers.Location!.ToString());
    }
}
