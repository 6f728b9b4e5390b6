using System.Net;

namespace MovieLms.Web.Tests.Console;

/// <summary>The page of an import, with an API that responds as each test says.</summary>
public sealed class ImportPageTests
{
    private static readonly string Id = new('0', 24);
    private static readonly string Subject = new('5', 24);

    [Fact]
    public async Task An_import_shows_its_rejected_rows()
    {
        await using var console = await StartAsync("movies", subject: null);
        console.RespondText(
            $"GET /api/imports/{Id}/errors.csv",
            "text/csv",
            "line,column,value,message\r\n3,year,\"a \"\"<b>\"\",\nvalue\",Enter a year\r\n"
        );
        var (_, html) = await console.GetAsync($"/imports/{Id}");
        Assert.Contains("<code>a &quot;&lt;b&gt;&quot;,&#xA;value</code>", html);
        Assert.Contains("Enter a year", html);
        Assert.Contains("Upload corrected rows", html);
        Assert.Contains("action=\"/movies/import\"", html);
        Assert.Contains($"href=\"/api/imports/{Id}/errors.csv\"", html);
    }

    [Theory]
    [InlineData("todos", null, "/todos/import")]
    [InlineData("enrollments", "555555555555555555555555", "/courses/555555555555555555555555/people")]
    public async Task Corrected_rows_are_sent_to_the_page_of_the_first_file(string kind, string? subject, string address)
    {
        await using var console = await StartAsync(kind, subject);
        console.RespondText($"GET /api/imports/{Id}/errors.csv", "text/csv", "line,column,value,message\r\n");
        var (_, html) = await console.GetAsync($"/imports/{Id}");
        Assert.Contains($"action=\"{address}\"", html);
        Assert.Contains($"href=\"{address}\"", html);
    }

    [Fact]
    public async Task An_import_of_grades_links_to_its_assignment()
    {
        await using var console = await StartAsync("grades", Subject);
        console.RespondText($"GET /api/imports/{Id}/errors.csv", "text/csv", "line,column,value,message\r\n");
        var course = new string('7', 24);
        console.Respond(
            $"GET /api/assignments/{Subject}/submissions",
            new { items = new[] { new { id = Id, courseId = course } }, nextCursor = (string?)null }
        );
        var (_, html) = await console.GetAsync($"/imports/{Id}");
        Assert.Contains($"href=\"/courses/{course}/assignments/{Subject}\"", html);
        Assert.DoesNotContain("type=\"file\"", html);
    }

    [Fact]
    public async Task An_import_of_a_course_that_is_gone_is_still_shown()
    {
        await using var console = await StartAsync("grades", Subject);
        console.RespondText($"GET /api/imports/{Id}/errors.csv", "text/csv", "line,column,value,message\r\n");
        var (response, html) = await console.GetAsync($"/imports/{Id}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("2 rows stored, 1 rejected.", html);
    }

    [Fact]
    public async Task The_former_address_redirects()
    {
        await using var console = await ConsoleHost.StartAsync();
        var (response, _) = await console.GetAsync($"/movies/import/{Id}");
        Assert.Equal(HttpStatusCode.MovedPermanently, response.StatusCode);
        Assert.Equal($"/imports/{Id}", response.Headers.Location!.ToString());
    }

    private static async Task<ConsoleHost> StartAsync(string kind, string? subject)
    {
        var console = await ConsoleHost.StartAsync("instructor");
        console.Respond(
            $"GET /api/imports/{Id}",
            new
            {
                id = Id,
                kind,
                subjectId = subject,
                state = "completed",
                fileName = "rows.csv",
                total = 3,
                succeeded = 2,
                failed = 1,
                createdAt = "2026-01-02T03:04:05Z",
            }
        );
        return console;
    }
}
