using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace MovieLms.ApiService.Tests.Courses;

public sealed class CourseInstructorTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    [Fact]
    public async Task Every_response_contains_the_instructors_name()
    {
        var (owner, next) = (await api.CreateUserAsync("instructor", "Agnès"), await api.CreateUserAsync("instructor", "Ousmane"));
        var created = await LearningFixture.PostAsync(owner.Client, "/api/courses", new { title = "Editing", status = "published" });
        AssertInstructor(owner, "Agnès", created);
        var path = $"/api/courses/{created.Id()}";
        var replacement = new { title = "Editing II", status = "published" };
        AssertInstructor(owner, "Agnès", await (await owner.Client.PutAsJsonAsync(path, replacement)).JsonAsync());
        AssertInstructor(owner, "Agnès", await LearningFixture.PostAsync(owner.Client, $"{path}/archive", null));
        AssertInstructor(owner, "Agnès", await LearningFixture.PostAsync(owner.Client, $"{path}/restore", null));
        using var admin = api.Admin();
        AssertInstructor(
            next,
            "Ousmane",
            await (await admin.PutAsJsonAsync($"{path}/owner", new { ownerId = next.Id.ToString() })).JsonAsync()
        );
        using var student = api.Student();
        AssertInstructor(next, "Ousmane", await student.GetFromJsonAsync<JsonElement>(path));
    }

    [Fact]
    public async Task A_list_contains_the_names_of_several_instructors_and_null_for_a_removed_account()
    {
        var title = $"Grading {Guid.NewGuid():N}";
        var owners = new[] { await api.CreateUserAsync("instructor", "Agnès"), await api.CreateUserAsync("instructor", "Ousmane") };
        foreach (var owner in owners)
            await api.CreateCourseAsync(owner, new { title, status = "published" });
        using var gone = api.Instructor();
        await LearningFixture.PostAsync(gone, "/api/courses", new { title, status = "published" });
        using var student = api.Student();
        var listed = await LearningFixture.ReadAllAsync(student, $"/api/courses?search={Uri.EscapeDataString(title)}&sort=createdAt");
        Assert.Equal(["Agnès", "Ousmane", null], listed.Select(course => course.GetProperty("instructor").GetProperty("name").GetString()));
        Assert.Equal(owners[1].Id.ToString(), listed[1].GetProperty("instructor").Id());
    }

    [Fact]
    public async Task A_rename_is_visible_at_once_also_to_a_client_that_revalidates_its_copy()
    {
        var (course, owner) = await api.CreateCourseAsync();
        using var student = api.Student();
        using var first = await student.GetAsync($"/api/courses/{course}");
        Assert.Equal(HttpStatusCode.NotModified, (await RevalidateAsync()).StatusCode);
        (await owner.Client.PutAsJsonAsync("/api/auth/me", new { username = "Chantal" })).EnsureSuccessStatusCode();
        using var revalidated = await RevalidateAsync();
        Assert.Equal(HttpStatusCode.OK, revalidated.StatusCode);
        AssertInstructor(owner, "Chantal", await revalidated.JsonAsync());
        using var update = new HttpRequestMessage(HttpMethod.Put, $"/api/courses/{course}")
        {
            Content = JsonContent.Create(new { title = "Editing", status = "published" }),
        };
        // The version of the details is still the one that the client read.
        update.Headers.TryAddWithoutValidation("If-Match", first.Headers.ETag!.Tag);
        Assert.Equal(HttpStatusCode.OK, (await owner.Client.SendAsync(update)).StatusCode);

        Task<HttpResponseMessage> RevalidateAsync()
        {
            var request = new HttpRequestMessage(HttpMethod.Get, $"/api/courses/{course}");
            request.Headers.TryAddWithoutValidation("If-None-Match", first.Headers.ETag!.Tag);
            return student.SendAsync(request);
        }
    }

    private static void AssertInstructor(Person expected, string name, JsonElement course)
    {
        var instructor = course.GetProperty("instructor");
        Assert.Equal((expected.Id.ToString(), name), (instructor.Id(), instructor.GetProperty("name").GetString()));
    }
}
