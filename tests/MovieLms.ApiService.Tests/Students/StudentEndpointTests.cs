using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.ApiService.Tests.Courses;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Students;

public sealed class StudentEndpointTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    [Theory]
    [InlineData("admin")]
    [InlineData("instructor")]
    public async Task Administrators_and_a_students_instructors_find_the_student_by_name_and_address(string role)
    {
        var student = await api.CreateUserAsync(name: "Zoë Varda-Demy");
        var teacher = (await api.CreateUserAsync(role, "Zoë Teacher")).Client;
        var course = (await LearningFixture.PostAsync(teacher, "/api/courses", new { title = "Editing", status = "published" })).Id();
        await api.EnrollAsync(student, course);
        (await teacher.PostAsync($"/api/courses/{course}/archive", null)).EnsureSuccessStatusCode();
        foreach (var search in new[] { "zoe", "var%20zo", student.Email[..12] + "@", student.Email })
        {
            var found = await LearningFixture.ReadAllAsync(teacher, $"/api/students?search={search}");
            if (!search.EndsWith('@'))
                Assert.Contains(student.Id.ToString(), found.Select(user => user.Id()));
            else
                Assert.Empty(found);
            if (role == "instructor" && found.Count > 0)
                Assert.Single(found);
        }
        Assert.Equal(HttpStatusCode.Forbidden, (await student.Client.GetAsync("/api/students")).StatusCode);
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await student.Client.PostAsJsonAsync("/api/students", new { username = "x", email = "x@example.test" })).StatusCode
        );
    }

    [Fact]
    public async Task Pages_contain_each_student_once()
    {
        var (name, owner) = ($"Pagewise{Guid.NewGuid():N}", await api.CreateUserAsync("instructor"));
        var courses = new[] { await api.CreateCourseAsync(owner), await api.CreateCourseAsync(owner) };
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            var student = await api.CreateUserAsync(name: name);
            ids.Insert(0, student.Id.ToString());
            foreach (var course in courses)
                await api.EnrollAsync(student, course);
        }
        await api.CreateUserAsync(name: name);
        Assert.Equal(ids, (await LearningFixture.ReadAllAsync(owner.Client, "/api/students")).Select(user => user.Id()));
        Assert.Equal(ids, (await LearningFixture.ReadAllAsync(owner.Client, $"/api/students?search={name}")).Select(user => user.Id()));
        Assert.Equal(
            6,
            (await LearningFixture.ReadAllAsync(api.Admin(), $"/api/students?search={name}")).Select(user => user.Id()).Distinct().Count()
        );
    }

    [Fact]
    public async Task An_instructor_finds_other_students_only_by_their_complete_address()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var name = $"Stranger{Guid.NewGuid():N}";
        var (student, other) = (await api.CreateUserAsync(name: name), await api.CreateUserAsync("instructor"));
        await api.EnrollAsync(student, course);
        foreach (
            var query in new[]
            {
                "",
                $"?search={name}",
                $"?search={student.Email[..20]}",
                $"?search={student.Email.Split('@')[0]}%40",
                "?search=%40example",
                "?archived=true",
            }
        )
        {
            Assert.Empty(await LearningFixture.ReadAllAsync(other.Client, $"/api/students{query}"));
        }

        Assert.Equal(
            student.Id.ToString(),
            Assert.Single(await LearningFixture.ReadAllAsync(other.Client, $"/api/students?search={student.Email}")).Id()
        );
        await (await other.Client.GetAsync($"/api/students/{student.Id}")).AssertProblemAsync(404);
    }

    [Fact]
    public async Task An_instructor_sees_only_enrollments_and_grades_of_their_own_courses()
    {
        var ((own, owner), (foreign, stranger)) = (await api.CreateCourseAsync(), await api.CreateCourseAsync());
        var student = await api.CreateUserAsync();
        foreach (var (course, teacher, grade) in new[] { (own, owner, 71), (foreign, stranger, 13) })
        {
            var enrollment = await api.EnrollAsync(student, course);
            (await teacher.Client.PatchAsJsonAsync($"/api/enrollments/{enrollment}", new { grade })).EnsureSuccessStatusCode();
        }
        Assert.Equal([(own, 71)], await GradesAsync(owner.Client));
        Assert.Equal([(foreign, 13)], await GradesAsync(stranger.Client));
        Assert.Equal([(foreign, 13), (own, 71)], await GradesAsync(student.Client));
        Assert.Equal([(foreign, 13), (own, 71)], await GradesAsync(api.Admin()));
        // An owner who is no longer an instructor has no access.
        await (await (await api.DemoteAsync(owner)).Client.GetAsync($"/api/students/{student.Id}")).AssertProblemAsync(404);

        async Task<IEnumerable<(string Course, int Grade)>> GradesAsync(HttpClient client) =>
            (await client.GetFromJsonAsync<JsonElement>($"/api/students/{student.Id}"))
                .GetProperty("courses")
                .EnumerateArray()
                .Select(course => (course.GetProperty("courseId").GetString()!, course.GetProperty("grade").GetInt32()));
    }

    [Fact]
    public async Task A_student_can_read_only_themselves_with_their_courses()
    {
        var (course, owner) = await api.CreateCourseAsync(new { title = "Costume", status = "published" });
        var (student, other) = (await api.CreateUserAsync(), await api.CreateUserAsync());
        var deleted = await api.CreateCourseAsync(owner);
        foreach (var id in new[] { course, deleted })
            await api.EnrollAsync(student, id);
        (await owner.Client.DeleteAsync($"/api/courses/{deleted}")).EnsureSuccessStatusCode();
        using var response = await student.Client.GetAsync($"/api/students/{student.Id}");
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        var shown = Assert.Single((await response.JsonAsync()).GetProperty("courses").EnumerateArray());
        Assert.Equal(
            ("Costume", "active", course),
            (shown.GetProperty("title").GetString(), shown.GetProperty("status").GetString(), shown.GetProperty("courseId").GetString())
        );
        await (await other.Client.GetAsync($"/api/students/{student.Id}")).AssertProblemAsync(404);
        Assert.Equal(HttpStatusCode.OK, (await owner.Client.GetAsync($"/api/students/{student.Id}")).StatusCode);
        await (await owner.Client.GetAsync($"/api/students/{owner.Id}")).AssertProblemAsync(404);
    }

    [Fact]
    public async Task An_instructor_invites_a_student_by_mail()
    {
        var email = TestUsers.NewEmail();
        using var teacher = api.Instructor();
        await (
            await teacher.PostAsJsonAsync(
                "/api/students",
                new
                {
                    username = "Lotte",
                    email,
                    role = "admin",
                }
            )
        ).AssertProblemAsync(400, "role");
        using var invited = await teacher.PostAsJsonAsync("/api/students", new { username = "Lotte", email });
        Assert.Equal(HttpStatusCode.Created, invited.StatusCode);
        // The student is not one of the instructor's students before they are enrolled.
        Assert.Null(invited.Headers.Location);
        Assert.Equal(
            "Lotte",
            Assert.Single(await LearningFixture.ReadAllAsync(teacher, $"/api/students?search={email}")).GetProperty("username").GetString()
        );
        await api.Host.GetMailTextAsync(email, "You are invited to MovieLms");
        await (
            await teacher.PostAsJsonAsync("/api/students", new { username = "Lotte", email = email.ToUpperInvariant() })
        ).AssertProblemAsync(409);
        await (await teacher.PostAsJsonAsync("/api/students", new { username = "Lotte", email = "no address" })).AssertProblemAsync(
            400,
            "email"
        );
    }
}
