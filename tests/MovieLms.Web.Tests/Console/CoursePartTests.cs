using System.Net;
using MovieLms.Web.Courses;

namespace MovieLms.Web.Tests.Console;

/// <summary>The lectures, people and announcements of a course, with an API that responds as each test says.</summary>
public sealed class CoursePartTests
{
    private const string Id = CourseApi.Id;
    private const string Address = $"/courses/{Id}";
    private static readonly string First = new('1', 24);
    private static readonly string Second = new('2', 24);

    private static object Lectures { get; } =
        CourseApi.CreatePage(CourseApi.CreateLecture(First, "Cut"), CourseApi.CreateLecture(Second, "Rhythm"));

    [Fact]
    public async Task A_lecture_is_moved()
    {
        await using var console = await ConsoleHost.StartAsync("instructor");
        console.RespondCourse(isOwned: true);
        console.Respond($"GET /api/courses/{Id}/lectures", Lectures);
        console.Respond($"PUT /api/courses/{Id}/lectures/order", "", 204);
        var (response, _) = await console.PostAsync($"{Address}/lectures", "move", ("down", First));
        Assert.EndsWith($"{Address}/lectures#lecture-{First}", response.Headers.Location!.ToString());
        var body = console.GetBody($"PUT /api/courses/{Id}/lectures/order");
        Assert.True(body.IndexOf(Second, StringComparison.Ordinal) < body.IndexOf(First, StringComparison.Ordinal));
        await console.PostAsync($"{Address}/lectures", "move", ("up", First));
        Assert.Single(console.Api.Received, received => received.Method == "PUT");
    }

    [Fact]
    public async Task A_student_marks_attendance_while_it_is_possible()
    {
        await using var console = await ConsoleHost.StartAsync("student");
        console.RespondCourse(enrollment: "active");
        console.Respond(
            $"GET /api/courses/{Id}/lectures",
            CourseApi.CreatePage(
                CourseApi.CreateLecture(First, "Past", "2020-01-02T10:00:00Z", "2020-01-03T11:00:00Z"),
                CourseApi.CreateLecture(Second, "Any time")
            )
        );
        console.Respond($"POST /api/courses/{Id}/lectures/{Second}/attend", new { lectureId = Second });
        var (_, html) = await console.GetAsync($"{Address}/lectures");
        Assert.DoesNotContain($"name=\"lecture\" value=\"{First}\"", html);
        Assert.Contains($"name=\"lecture\" value=\"{Second}\"", html);
        Assert.DoesNotContain("name=\"up\"", html);
        var (response, _) = await console.PostAsync($"{Address}/lectures", "attend", ("lecture", Second));
        Assert.EndsWith($"{Address}/lectures?attended={Second}", response.Headers.Location!.ToString());
        (_, html) = await console.GetAsync($"{Address}/lectures?attended={Second}");
        Assert.Contains("Your attendance of <b>Any time</b> is recorded.", html);
    }

    [Fact]
    public async Task A_lecture_names_its_movie_by_words_of_the_title()
    {
        await using var console = await ConsoleHost.StartAsync("instructor");
        console.RespondCourse(isOwned: true);
        console.Respond($"POST /api/courses/{Id}/lectures", CourseApi.CreateLecture(First, "Cut"), 201);
        console.Respond("GET /api/movies", CourseApi.CreatePage());
        var page = $"{Address}/lectures/new";
        var (_, html) = await console.PostAsync(page, "lecture", ("title", "Cut"), ("movie", "red shoes"));
        Assert.Contains("No movie has a title with these words.", html);
        var movies = new[]
        {
            new
            {
                id = First,
                title = "The Red Shoes",
                year = 1948,
            },
            new
            {
                id = Second,
                title = "Red Shoes",
                year = 2005,
            },
        };
        console.Respond("GET /api/movies", CourseApi.CreatePage([.. movies]));
        (_, html) = await console.PostAsync(page, "lecture", ("title", "Cut"), ("movie", "shoes"));
        Assert.Contains("Several movies match.", html);
        Assert.Contains($"name=\"choice\" value=\"{Second}\"", html);
        await console.PostAsync(page, "lecture", ("title", "Cut"), ("movie", "shoes"), ("choice", Second));
        Assert.Contains(Second, console.GetBody($"POST /api/courses/{Id}/lectures"));
        await console.PostAsync(page, "lecture", ("title", "Cut"), ("movie", "the red shoes"), ("startsAt", "2027-01-22T17:00"));
        var body = console.GetBody($"POST /api/courses/{Id}/lectures");
        Assert.Contains(First, body);
        Assert.Contains("2027-01-22T17:00:00", body);
    }

    [Fact]
    public async Task A_lecture_is_edited_and_deleted()
    {
        await using var console = await ConsoleHost.StartAsync("instructor");
        console.RespondCourse(isOwned: true);
        var lecture = CourseApi.CreateLecture(First, "Cut", "2027-01-22T17:00:00Z", "2027-01-23T18:30:00Z");
        console.Respond($"GET /api/courses/{Id}/lectures/{First}", lecture);
        console.Respond($"PUT /api/courses/{Id}/lectures/{First}", lecture);
        console.Respond($"DELETE /api/courses/{Id}/lectures/{First}", "", 204);
        var page = $"{Address}/lectures/{First}/edit";
        var (_, html) = await console.GetAsync(page);
        Assert.Contains("value=\"2027-01-22T17:00\"", html);
        var (response, _) = await console.PostAsync(page, "lecture", ("title", "The cut"), ("startsAt", "tomorrow"), ("version", "2"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await console.PostAsync(page, "lecture", ("title", "The cut"), ("startsAt", ""), ("version", "2"));
        Assert.Equal("\"2\"", console.Api.Received.Single(received => received.Method == "PUT").Headers["If-Match"]);
        (response, _) = await console.PostAsync(page, "delete");
        Assert.EndsWith($"{Address}/lectures", response.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Students_are_enrolled_by_address_and_rejected_ones_stay_in_the_form()
    {
        await using var console = await ConsoleHost.StartAsync("instructor");
        console.RespondCourse(isOwned: true, enrollment: "active");
        var rejected = new
        {
            title = "Not found",
            status = 404,
            detail = "There is no such student.",
        };
        console.Respond(
            $"POST /api/courses/{Id}/enrollments/batch",
            new
            {
                succeeded = 1,
                failed = 1,
                results = new object[]
                {
                    new
                    {
                        action = "enroll",
                        index = 0,
                        status = 201,
                        studentId = First,
                        enrollmentId = Second,
                    },
                    new
                    {
                        action = "enroll",
                        index = 1,
                        status = 404,
                        problem = rejected,
                    },
                },
            }
        );
        var addresses = "Ida <ida@example.test>, nobody@example.test\nIDA@example.test";
        var (_, html) = await console.PostAsync($"{Address}/people", "enroll", ("addresses", addresses));
        Assert.Contains("1 student was enrolled", html);
        Assert.Contains("<b>nobody@example.test</b>: Nobody has this e-mail address.", html);
        Assert.Contains(">nobody@example.test</textarea>", html);
        Assert.Contains("1 address was rejected", html);
        var body = console.GetBody($"POST /api/courses/{Id}/enrollments/batch");
        Assert.Contains("[{\"email\":\"ida@example.test\"},{\"email\":\"nobody@example.test\"}]", body);
    }

    [Fact]
    public async Task A_student_is_withdrawn_and_enrolled_again()
    {
        await using var console = await ConsoleHost.StartAsync("instructor");
        console.RespondCourse(isOwned: true, enrollment: "active");
        console.Respond($"DELETE /api/enrollments/{CourseApi.EnrollmentId}", "", 204);
        console.Respond($"PATCH /api/enrollments/{CourseApi.EnrollmentId}", CourseApi.CreateEnrollment("active"));
        await console.PostAsync($"{Address}/people", "change", ("withdraw", CourseApi.EnrollmentId));
        Assert.Contains(console.Api.Received, received => received.Method == "DELETE");
        await console.PostAsync($"{Address}/people?status=withdrawn", "change", ("activate", CourseApi.EnrollmentId));
        Assert.Contains("\"active\"", console.GetBody($"PATCH /api/enrollments/{CourseApi.EnrollmentId}"));
    }

    [Fact]
    public async Task An_announcement_is_published_and_a_rejected_one_keeps_its_text()
    {
        await using var console = await ConsoleHost.StartAsync("instructor");
        console.RespondCourse(isOwned: true);
        console.Refuse($"POST /api/courses/{Id}/announcements", 400, "Check the request", ("title", "Enter a title."));
        var page = $"{Address}/announcements";
        var (_, html) = await console.PostAsync(page, "announcement", ("title", ""), ("text", "A <b>bold</b> text"));
        Assert.Contains("Enter a title.", html);
        Assert.Contains("A &lt;b&gt;bold&lt;/b&gt; text</textarea>", html);
        console.Respond($"POST /api/courses/{Id}/announcements", new { id = First }, 201);
        var (response, _) = await console.PostAsync(page, "announcement", ("title", "News"), ("text", "Text"));
        Assert.EndsWith($"{page}?done=published", response.Headers.Location!.ToString());
    }

    [Theory]
    [InlineData("a@b.c;d@e.f", "a@b.c|d@e.f")]
    [InlineData("Ida Lupino <ida@b.c>,\r\n\"ida@b.c\"", "ida@b.c")]
    [InlineData("not an address", "not|an|address")]
    [InlineData("  ", "")]
    public void Addresses_are_read_as_they_are_pasted(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', EmailList.Split(text)));
}
