using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.ApiService.Tests.Courses;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Students;

public sealed class StudentEndpointTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    [Fact]
    public async Task Teachers_find_students_by_name_and_address_and_nobody_else_does()
    {
        var student = await api.PersonAsync(name: "Zoë Varda-Demy");
        await api.PersonAsync("instructor", "Zoë Teacher");
        using var teacher = api.Instructor();
        foreach (var search in new[] { "zoe", "var%20zo", student.Email[..12] + "@", student.Email })
        {
            var found = await LearningFixture.AllAsync(teacher, $"/api/students?search={search}");
            if (!search.EndsWith('@')) Assert.Equal([student.Id.ToString()], found.Select(user => user.Id()));
            else Assert.Empty(found);
        }
        Assert.Equal(HttpStatusCode.Forbidden, (await student.Client.GetAsync("/api/students")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await student.Client.PostAsJsonAsync("/api/students", new { username = "x", email = "x@example.test" })).StatusCode);
    }

    [Fact]
    public async Task Pages_of_students_hold_each_once()
    {
        for (var i = 0; i < 5; i++) await api.PersonAsync(name: "Pagewise");
        var all = await LearningFixture.AllAsync(api.Instructor(), "/api/students?search=pagewise");
        Assert.Equal(5, all.Select(user => user.Id()).Distinct().Count());
        Assert.Equal(5, all.Count);
    }

    [Fact]
    public async Task A_student_sees_themselves_with_their_courses_and_no_other()
    {
        var (course, owner) = await api.CourseAsync(new { title = "Costume", status = "published" });
        var (student, other) = (await api.PersonAsync(), await api.PersonAsync());
        var gone = await api.CourseAsync(owner);
        foreach (var id in new[] { course, gone }) await api.EnrollAsync(student, id);
        (await owner.Client.DeleteAsync($"/api/courses/{gone}")).EnsureSuccessStatusCode();
        using var answer = await student.Client.GetAsync($"/api/students/{student.Id}");
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        var shown = Assert.Single((await answer.JsonAsync()).GetProperty("courses").EnumerateArray());
        Assert.Equal(("Costume", "active", course), (shown.GetProperty("title").GetString(), shown.GetProperty("status").GetString(), shown.GetProperty("courseId").GetString()));
        await (await other.Client.GetAsync($"/api/students/{student.Id}")).AssertProblemAsync(404);
        Assert.Equal(HttpStatusCode.OK, (await owner.Client.GetAsync($"/api/students/{student.Id}")).StatusCode);
        await (await owner.Client.GetAsync($"/api/students/{owner.Id}")).AssertProblemAsync(404);
    }

    [Fact]
    public async Task A_teacher_invites_a_student_by_mail()
    {
        var email = TestUsers.NewEmail();
        using var teacher = api.Instructor();
        using var invited = await teacher.PostAsJsonAsync("/api/students", new { username = "Lotte", email, role = "admin" });
        Assert.Equal(HttpStatusCode.Created, invited.StatusCode);
        Assert.Equal("Lotte", (await teacher.GetFromJsonAsync<JsonElement>(invited.Headers.Location!)).GetProperty("username").GetString());
        await api.Host.MailTextAsync(email, "You are invited to MovieLms");
        await (await teacher.PostAsJsonAsync("/api/students", new { username = "Lotte", email = email.ToUpperInvariant() })).AssertProblemAsync(409);
        await (await teacher.PostAsJsonAsync("/api/students", new { username = "Lotte", email = "no address" })).AssertProblemAsync(400, "email");
    }
}
