using System.Net;

namespace MovieLms.Web.Tests.Console;

/// <summary>The list of courses, the page of a course and its forms, with an API that responds as each test says.</summary>
public sealed class CourseTests
{
    private const string Id = CourseApi.Id;
    private const string Address = $"/courses/{Id}";

    [Fact]
    public async Task A_visitor_who_is_not_signed_in_is_invited()
    {
        await using var console = await ConsoleHost.StartAsync();
        var (response, html) = await console.GetAsync("/courses");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("href=\"/sign-in?returnUrl=%2Fcourses\"", html);
        Assert.Empty(console.Api.Received);
        (response, _) = await console.GetAsync(Address);
        Assert.Equal($"/sign-in?returnUrl=%2Fcourses%2F{Id}", response.Headers.Location!.ToString());
    }

    [Fact]
    public async Task The_list_begins_with_the_visitors_courses_and_is_filtered_as_its_address_says()
    {
        await using var console = await ConsoleHost.StartAsync("student");
        console.Respond("GET /api/enrollments", CourseApi.CreatePage(CourseApi.CreateEnrollment("active")));
        console.Respond("GET /api/courses", CourseApi.CreatePage(CourseApi.CreateCourse()));
        var (_, html) = await console.GetAsync("/courses");
        Assert.Contains("My courses", html);
        Assert.Contains("You take", html);
        Assert.Contains("7 of 20 places taken", html);
        Assert.Contains("The &lt;art&gt; of editing", html);
        Assert.DoesNotContain("/courses/new", html);

        (_, html) = await console.GetAsync("/courses?search=edit&show=archived&sort=-createdAt");
        var request = console.Api.Received.Last(received => received.Target.StartsWith("/api/courses?", StringComparison.Ordinal));
        foreach (var part in new[] { "search=edit", "archived=true", "sort=-createdAt" })
            Assert.Contains(part, request.Target);
        Assert.DoesNotContain("My courses", html);
        Assert.Contains("1 course", html);
    }

    [Fact]
    public async Task An_instructor_finds_drafts_and_own_courses()
    {
        await using var console = await ConsoleHost.StartAsync("instructor");
        console.Respond("GET /api/enrollments", CourseApi.CreatePage());
        console.Respond("GET /api/courses", CourseApi.CreatePage(CourseApi.CreateCourse(isOwned: true)));
        var (_, html) = await console.GetAsync("/courses");
        Assert.Contains("You teach", html);
        Assert.Contains("href=\"/courses/new\"", html);
        await console.GetAsync("/courses?show=own");
        Assert.Contains($"ownerId={CourseApi.VisitorId}", console.Api.Received.Last().Target);
        await console.GetAsync("/courses?show=drafts");
        Assert.Contains("status=draft", console.Api.Received.Last().Target);
    }

    [Fact]
    public async Task A_course_is_created_and_a_rejected_one_keeps_its_fields()
    {
        await using var console = await ConsoleHost.StartAsync("instructor");
        var (_, html) = await console.PostAsync("/courses/new", "course", ("title", "Sound"), ("price", "cheap"), ("capacity", ""));
        Assert.Contains("Enter an amount such as 20 or 19.50.", html);
        Assert.Contains("value=\"Sound\"", html);
        console.Refuse("POST /api/courses", 400, "Check the request", ("title", "The title is <too> long."));
        (_, html) = await console.PostAsync("/courses/new", "course", ("title", "Sound"), ("price", "19.50"), ("status", "published"));
        Assert.Contains("The title is &lt;too&gt; long.", html);
        Assert.Contains("value=\"19.50\"", html);
        console.Respond("POST /api/courses", CourseApi.CreateCourse(isOwned: true), 201);
        (var response, _) = await console.PostAsync(
            "/courses/new",
            "course",
            ("title", "Sound"),
            ("price", "19.50"),
            ("status", "published")
        );
        Assert.EndsWith(Address, response.Headers.Location!.ToString());
        var body = console.GetBody("POST /api/courses");
        Assert.Contains("\"price\":19.5", body);
        Assert.Contains("\"status\":\"published\"", body);
    }

    [Fact]
    public async Task Students_may_not_create_or_edit_courses()
    {
        await using var console = await ConsoleHost.StartAsync("student");
        console.RespondCourse(enrollment: "active");
        foreach (var page in new[] { "/courses/new", $"{Address}/edit", $"{Address}/people", $"{Address}/lectures/new" })
        {
            var (response, _) = await console.GetAsync(page);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        }
    }

    [Fact]
    public async Task A_student_enrolls_and_leaves()
    {
        await using var console = await ConsoleHost.StartAsync("student");
        console.RespondCourse();
        console.Respond("POST /api/enrollments", CourseApi.CreateEnrollment("active"), 201);
        var (_, html) = await console.GetAsync(Address);
        Assert.DoesNotContain($"{Address}/grades", html);
        var (response, _) = await console.PostAsync(Address, "enroll");
        Assert.EndsWith($"{Address}?done=enrolled", response.Headers.Location!.ToString());
        Assert.Contains(Id, console.GetBody("POST /api/enrollments"));

        console.RespondCourse(enrollment: "active");
        console.Respond($"DELETE /api/enrollments/{CourseApi.EnrollmentId}", "", 204);
        (_, html) = await console.GetAsync($"{Address}?done=enrolled");
        Assert.Contains("You are enrolled. Welcome!", html);
        Assert.Contains($"{Address}/grades", html);
        Assert.Contains("92.5", html);
        await console.PostAsync(Address, "leave");
        Assert.Contains(console.Api.Received, received => received.Method == "DELETE");
    }

    [Fact]
    public async Task A_course_with_a_price_is_ordered()
    {
        await using var console = await ConsoleHost.StartAsync("student");
        console.RespondCourse(price: 19.5);
        var (_, html) = await console.GetAsync(Address);
        Assert.Contains($"href=\"/orders?course={Id}\"", html);
        Assert.Contains("Order for 19.50 EUR", html);
        Assert.DoesNotContain("value=\"enroll\"", html);
    }

    [Fact]
    public async Task A_refused_enrollment_is_explained()
    {
        await using var console = await ConsoleHost.StartAsync("student");
        console.RespondCourse();
        console.Refuse("POST /api/enrollments", 409, "The course is full");
        var (_, html) = await console.PostAsync(Address, "enroll");
        Assert.Contains("The course is full", html);
    }

    [Fact]
    public async Task A_change_of_an_old_version_shows_what_is_stored_now()
    {
        await using var console = await ConsoleHost.StartAsync("instructor");
        console.RespondCourse(isOwned: true);
        console.Refuse($"PUT /api/courses/{Id}", 412, "Precondition failed");
        var (_, html) = await console.PostAsync(
            $"{Address}/edit",
            "course",
            ("version", "2"),
            ("title", "My title"),
            ("description", "First line\r\nSecond line"),
            ("price", "0"),
            ("currency", "EUR"),
            ("capacity", "20"),
            ("status", "published")
        );
        Assert.Contains("Somebody else has changed this course", html);
        Assert.Contains("<dd>The &lt;art&gt; of editing</dd>", html);
        Assert.DoesNotContain("<dt>Description</dt>", html);
        Assert.Contains("value=\"My title\"", html);
        Assert.Contains("name=\"version\" value=\"3\"", html);
        Assert.Equal("\"2\"", console.Api.Received.Single(received => received.Method == "PUT").Headers["If-Match"]);
    }

    [Fact]
    public async Task A_course_is_archived_restored_and_deleted()
    {
        await using var console = await ConsoleHost.StartAsync("instructor");
        console.RespondCourse(isOwned: true);
        console.Respond($"POST /api/courses/{Id}/archive", CourseApi.CreateCourse(isOwned: true));
        console.Respond($"DELETE /api/courses/{Id}", "", 204);
        console.Respond($"POST /api/courses/{Id}/restore", CourseApi.CreateCourse(isOwned: true));
        var (response, _) = await console.PostAsync($"{Address}/edit", "archive");
        Assert.EndsWith(Address, response.Headers.Location!.ToString());
        (response, _) = await console.PostAsync($"{Address}/edit", "delete");
        Assert.EndsWith($"{Address}/deleted", response.Headers.Location!.ToString());
        (response, _) = await console.PostAsync($"{Address}/deleted", "restore");
        Assert.EndsWith(Address, response.Headers.Location!.ToString());

        console.RespondCourse(isOwned: true, archivedAt: "2026-06-01T00:00:00Z");
        var (_, html) = await console.GetAsync($"{Address}/edit");
        Assert.Contains("This course is archived.", html);
        Assert.DoesNotContain("name=\"title\"", html);
        (response, _) = await console.PostAsync($"{Address}/edit", "restore");
        Assert.EndsWith(Address, response.Headers.Location!.ToString());
    }

    [Fact]
    public async Task An_administrator_gives_a_course_to_another_instructor()
    {
        await using var console = await ConsoleHost.StartAsync("admin");
        console.RespondCourse();
        var other = new
        {
            id = new string('d', 24),
            username = "Chantal",
            email = "chantal@example.test",
            role = "instructor",
        };
        console.Respond("GET /api/users", CourseApi.CreatePage(other));
        console.Respond($"PUT /api/courses/{Id}/owner", CourseApi.CreateCourse());
        var (_, html) = await console.PostAsync($"{Address}/edit", "owner", ("email", "nobody@example.test"));
        Assert.Contains("Nobody has this e-mail address.", html);
        var (response, _) = await console.PostAsync($"{Address}/edit", "owner", ("email", "Chantal@example.test"));
        Assert.EndsWith(Address, response.Headers.Location!.ToString());
        Assert.Contains(other.id, console.GetBody($"PUT /api/courses/{Id}/owner"));
    }
}
