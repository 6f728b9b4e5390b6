using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MovieLms.Testing;
using MovieLms.Web.Tests.Accounts;
using MovieLms.Web.Tests.Origin;

namespace MovieLms.Web.Tests.Grading;

/// <summary>The pages of assignments and grades without scripts, in Standalone and behind the gateway.</summary>
[Collection(OriginTests.Name)]
public sealed partial class GradingPagesTests(OriginFixture origins)
{
    private const string PastDue = "2020-01-31T17:00";

    public static TheoryData<bool> Origins => [true, false];

    [Theory]
    [MemberData(nameof(Origins))]
    public async Task Work_is_handed_in_and_graded(bool isStandalone)
    {
        using var course = await CreateCourseAsync(isStandalone);
        var (teacher, student) = (course.Teacher, course.Student);
        await teacher.OpenAsync($"{course.Path}/assignments/new");
        await teacher.SubmitAsync("assignment", ("title", "A <scene>"), ("description", "Three minutes."), ("dueAt", PastDue));
        var assignment = teacher.Location;
        Assert.Matches($"^{course.Path}/assignments/[0-9a-f]{{24}}$", assignment);
        Assert.Contains("Nothing handed in yet", teacher.Html);

        await student.OpenAsync($"{course.Path}/assignments");
        Assert.Contains("A &lt;scene&gt;", student.Html);
        Assert.Contains("Overdue", student.Html);
        Assert.DoesNotContain("New assignment", student.Html);
        await student.OpenAsync(assignment);
        Assert.Contains("will be marked as late", student.Html);
        await student.SubmitAsync("hand-in", ("text", " "));
        Assert.Contains("Write a text, or choose a file", student.Html);
        await student.UploadAsync("hand-in", "file", "cut.txt", Encoding.UTF8.GetBytes("Fade in."), ("text", "My <cut>"));
        Assert.Equal($"{assignment}?done=handed-in", student.Location);
        Assert.Contains("My &lt;cut&gt;", student.Html);
        Assert.Contains("cut.txt", student.Html);
        Assert.Contains("Not graded yet", student.Html);
        var submission = SubmissionId().Match(student.Html).Groups["id"].Value;
        Assert.Equal(HttpStatusCode.OK, await student.FetchAsync(HttpMethod.Get, $"/api/submissions/{submission}/file"));

        await teacher.OpenAsync($"{course.Path}/assignments");
        Assert.Contains("1 handed in · 1 late · 1 to grade", WebUtility.HtmlDecode(teacher.Html));
        await teacher.OpenAsync($"{assignment}?filter=ungraded");
        Assert.Contains($"href=\"/submissions/{submission}\"", teacher.Html);
        Assert.Contains("Ida &lt;Lupino&gt;", teacher.Html);
        await teacher.OpenAsync($"/submissions/{submission}");
        await teacher.SubmitAsync("grade", ("grade", "101"), ("feedback", "Good <light>"));
        Assert.Matches("<input id=\"field-grade\"[^>]*aria-invalid=\"true\"", teacher.Html);
        Assert.Contains("Good &lt;light&gt;</textarea>", teacher.Html);
        await teacher.SubmitAsync("grade", ("grade", "many"), ("feedback", "Good <light>"));
        Assert.Contains("Enter a number from 0 to 100.", teacher.Html);
        await teacher.SubmitAsync("grade", ("grade", "87,5"), ("feedback", "Good <light>"));
        Assert.Equal($"/submissions/{submission}?done=graded", teacher.Location);
        Assert.Matches(
            "data-label=\"From\">–</td>\\s*<td class=\"number\" data-label=\"To\">87.5</td>",
            WebUtility.HtmlDecode(teacher.Html)
        );
        Assert.Contains("Everything is graded", teacher.Html);
        await teacher.OpenAsync($"{assignment}?filter=ungraded");
        Assert.Contains("Everything is graded", teacher.Html);

        await student.OpenAsync($"/submissions/{submission}");
        Assert.Equal(assignment, student.Location);
        Assert.Contains("87.5", student.Html);
        Assert.Contains("Good &lt;light&gt;", student.Html);
        await student.OpenAsync($"{course.Path}/grades");
        Assert.Contains("87.5", student.Html);
        Assert.DoesNotContain("Import grades", student.Html);
        await teacher.OpenAsync($"{course.Path}/grades");
        Assert.Contains("Ida &lt;Lupino&gt;, A &lt;scene&gt;: 87.5, late", teacher.Html);
        Assert.Contains($"href=\"/api{course.Path}/gradebook.csv\"", teacher.Html);
        Assert.Equal(HttpStatusCode.OK, await teacher.FetchAsync(HttpMethod.Get, $"/api{course.Path}/gradebook.csv"));
    }

    [Fact]
    public async Task A_grade_for_work_that_has_changed_is_not_saved_at_once()
    {
        using var course = await CreateCourseAsync(isStandalone: true);
        var (assignment, submission) = await course.HandInAsync();
        await course.Teacher.OpenAsync($"/submissions/{submission}");
        await course.Student.OpenAsync(assignment);
        await course.Student.SubmitAsync("hand-in", ("text", "The second cut"));
        await course.Teacher.SubmitAsync("grade", ("grade", "50"), ("feedback", "Too long"));
        Assert.Contains("This submission has changed in the meantime", course.Teacher.Html);
        Assert.Contains("The second cut", course.Teacher.Html);
        Assert.Contains("1 earlier version", course.Teacher.Html);
        Assert.Matches("<input id=\"field-grade\"[^>]*value=\"50\"", course.Teacher.Html);
        Assert.Contains("Too long</textarea>", course.Teacher.Html);
        await course.Teacher.SubmitAsync("grade", ("grade", "60"), ("feedback", "Better"));
        Assert.Equal($"/submissions/{submission}?done=graded", course.Teacher.Location);
    }

    [Fact]
    public async Task Grades_are_imported_from_a_file()
    {
        using var course = await CreateCourseAsync(isStandalone: true);
        var (assignment, submission) = await course.HandInAsync();
        await course.Teacher.OpenAsync($"{course.Path}/grades");
        var id = assignment.Split('/')[^1];
        await course.Teacher.UploadAsync("import", "file", "grades.csv", [], ("assignment", id));
        Assert.Contains("Choose a file that is not empty.", course.Teacher.Html);
        var grades = Encoding.UTF8.GetBytes($"email,grade,feedback\n{course.StudentEmail},77,From the file\n");
        await course.Teacher.UploadAsync("import", "file", "grades.csv", grades, ("assignment", id));
        Assert.Matches("^/imports/[0-9a-f]{24}$", course.Teacher.Location);
        await Eventually.WaitUntilAsync(
            async () =>
            {
                await course.Student.OpenAsync(assignment);
                return course.Student.Html.Contains("From the file", StringComparison.Ordinal);
            },
            "the grade is imported"
        );
        await course.Teacher.OpenAsync($"/submissions/{submission}");
        Assert.Contains("href=\"/imports/", course.Teacher.Html);
    }

    [Fact]
    public async Task An_assignment_is_changed_and_deleted()
    {
        using var course = await CreateCourseAsync(isStandalone: true);
        var teacher = course.Teacher;
        await teacher.OpenAsync($"{course.Path}/assignments/new");
        await teacher.SubmitAsync("assignment", ("title", ""), ("dueAt", "soon"));
        Assert.Contains("Enter a date and a time", teacher.Html);
        await teacher.SubmitAsync("assignment", ("title", "First"), ("dueAt", "2099-01-31T17:00"));
        var assignment = teacher.Location;
        await teacher.OpenAsync($"{assignment}/edit");
        Assert.Contains("value=\"2099-01-31T17:00\"", teacher.Html);
        await teacher.SubmitAsync("assignment", ("title", "Second"), ("version", "7"));
        Assert.Contains("Somebody else has changed this assignment", teacher.Html);
        Assert.Contains("value=\"Second\"", teacher.Html);
        await teacher.SubmitAsync("assignment", ("title", "Second"), ("dueAt", ""));
        Assert.Equal(assignment, teacher.Location);
        Assert.Contains("<h1>Second</h1>", teacher.Html);
        Assert.Contains("No due date", teacher.Html);
        await teacher.OpenAsync($"{assignment}/edit");
        await teacher.SubmitAsync("delete");
        Assert.Equal($"{course.Path}/assignments?done=deleted", teacher.Location);
        await teacher.OpenAsync(assignment);
        Assert.Equal(HttpStatusCode.NotFound, teacher.Status);
    }

    [Fact]
    public async Task Others_cannot_open_the_pages_of_a_course()
    {
        using var course = await CreateCourseAsync(isStandalone: true);
        var (assignment, submission) = await course.HandInAsync();
        using var other = await course.SignInAnotherAsync();
        foreach (var path in new[] { $"{course.Path}/assignments", assignment, $"{assignment}/edit", $"{course.Path}/assignments/new" })
        {
            await other.OpenAsync(path);
            Assert.Equal(HttpStatusCode.Forbidden, other.Status);
        }
        await other.OpenAsync($"/submissions/{submission}");
        Assert.Equal(HttpStatusCode.NotFound, other.Status);
        await other.OpenAsync($"{course.Path}/grades");
        Assert.Contains("You do not take this course", other.Html);
        await course.Student.OpenAsync($"{assignment}/edit");
        Assert.Equal(HttpStatusCode.Forbidden, course.Student.Status);
        using var anonymous = new PageBrowser(course.Origin);
        await anonymous.OpenAsync(assignment);
        Assert.Equal($"/sign-in?returnUrl={Uri.EscapeDataString(assignment)}", anonymous.Location);
    }

    private async Task<TestCourse> CreateCourseAsync(bool isStandalone)
    {
        var origin = isStandalone ? origins.Standalone : origins.Gateway;
        using var admin = new HttpClient { BaseAddress = origin };
        admin.DefaultRequestHeaders.Authorization = new("Bearer", await OriginFixture.GetTokenAsync(origin, isAdmin: true));
        using var created = await admin.PostAsJsonAsync("/api/courses", new { title = "Editing", status = "published" });
        created.EnsureSuccessStatusCode();
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString();
        var email = TestUsers.NewEmail();
        await TestCourse.RegisterAsync(admin, email, "Ida <Lupino>");
        var students = new { enroll = new[] { new { email } } };
        (await admin.PostAsJsonAsync($"/api/courses/{id}/enrollments/batch", students)).EnsureSuccessStatusCode();
        var (teacher, student) = (new PageBrowser(origin), new PageBrowser(origin));
        await teacher.SignInAsync(TestUsers.AdminEmail, TestUsers.AdminPassword);
        await student.SignInAsync(email, TestUsers.Password);
        return new TestCourse(origin, $"/courses/{id}", teacher, student, email);
    }

    [GeneratedRegex("/api/submissions/(?<id>[0-9a-f]{24})/file")]
    private static partial Regex SubmissionId();

    /// <summary>A course with a teacher and a student in their browsers.</summary>
    private sealed record TestCourse(Uri Origin, string Path, PageBrowser Teacher, PageBrowser Student, string StudentEmail) : IDisposable
    {
        internal static async Task RegisterAsync(HttpClient client, string email, string username)
        {
            var account = new
            {
                username,
                email,
                password = TestUsers.Password,
            };
            (await client.PostAsJsonAsync("/api/auth/register", account)).EnsureSuccessStatusCode();
        }

        /// <summary>Adds an assignment, hands in work and returns the path of the one and the ID of the other.</summary>
        internal async Task<(string Assignment, string SubmissionId)> HandInAsync()
        {
            await Teacher.OpenAsync($"{Path}/assignments/new");
            await Teacher.SubmitAsync("assignment", ("title", "Scene"));
            var assignment = Teacher.Location;
            await Student.OpenAsync(assignment);
            await Student.UploadAsync("hand-in", "file", "cut.txt", [1], ("text", "The first cut"));
            return (assignment, GradingPagesTests.SubmissionId().Match(Student.Html).Groups["id"].Value);
        }

        internal async Task<PageBrowser> SignInAnotherAsync()
        {
            var email = TestUsers.NewEmail();
            using (var client = new HttpClient { BaseAddress = Origin })
                await RegisterAsync(client, email, "Another");
            var browser = new PageBrowser(Origin);
            await browser.SignInAsync(email, TestUsers.Password);
            return browser;
        }

        public void Dispose()
        {
            Teacher.Dispose();
            Student.Dispose();
        }
    }
}
