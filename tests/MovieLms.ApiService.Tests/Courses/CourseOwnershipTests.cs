using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MongoDB.Bson;

namespace MovieLms.ApiService.Tests.Courses;

public sealed class CourseOwnershipTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    [Fact]
    public async Task A_demoted_owner_can_no_longer_read_or_change_their_course()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var (student, victim) = (await api.CreateUserAsync(), await api.CreateUserAsync());
        var enrollment = await api.EnrollAsync(student, course);
        var assignment = (
            await LearningFixture.PostAsync(owner.Client, $"/api/courses/{course}/assignments", new { title = "A scene" })
        ).Id();
        var work = (
            await LearningFixture.PostAsync(student.Client, $"/api/assignments/{assignment}/submissions", new { text = "Private" })
        ).Id();
        await owner.Client.GetStringAsync("/api/dashboard");

        var demoted = (await api.DemoteAsync(owner)).Client;
        Assert.Empty((await demoted.GetFromJsonAsync<JsonElement>("/api/dashboard")).GetProperty("courses").EnumerateArray());
        foreach (
            var path in new[] { $"/api/enrollments/{enrollment}", $"/api/assignments/{assignment}/submissions", $"/api/submissions/{work}" }
        )
        {
            await (await demoted.GetAsync(path)).AssertProblemAsync(404);
        }

        Assert.Empty(
            (await demoted.GetFromJsonAsync<JsonElement>($"/api/enrollments?courseId={course}")).GetProperty("items").EnumerateArray()
        );
        await (
            await demoted.PostAsJsonAsync("/api/enrollments", new { courseId = course, studentId = victim.Id.ToString() })
        ).AssertProblemAsync(403);
        await (await demoted.DeleteAsync($"/api/enrollments/{enrollment}")).AssertProblemAsync(404);
        Assert.Equal(
            "active",
            (await student.Client.GetFromJsonAsync<JsonElement>($"/api/enrollments/{enrollment}")).GetProperty("status").GetString()
        );
        var priced = await api.CreateCourseAsync(
            await api.CreateUserAsync("instructor"),
            new
            {
                title = "Lights",
                status = "published",
                price = 10,
            }
        );
        Assert.Equal(
            HttpStatusCode.PaymentRequired,
            (await demoted.PostAsJsonAsync("/api/enrollments", new { courseId = priced })).StatusCode
        );
    }

    [Fact]
    public async Task A_demoted_owner_must_pay_for_their_course()
    {
        var (course, owner) = await api.CreateCourseAsync(
            new
            {
                title = "Lights",
                status = "published",
                price = 10,
            }
        );
        using var response = await (await api.DemoteAsync(owner)).Client.PostAsJsonAsync("/api/enrollments", new { courseId = course });
        Assert.Equal(HttpStatusCode.PaymentRequired, response.StatusCode);
    }

    [Fact]
    public async Task A_transfer_takes_effect_on_the_next_request_of_both_owners()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var (next, admin) = (await api.CreateUserAsync("instructor"), (await api.CreateUserAsync("admin")).Client);
        foreach (var client in new[] { owner.Client, next.Client })
            await client.GetStringAsync("/api/dashboard");
        using var read = await admin.GetAsync($"/api/courses/{course}");
        using var moved = await TransferAsync(admin, course, next.Id.ToString(), read.Headers.ETag!.Tag);
        Assert.Equal(next.Id.ToString(), (await moved.JsonAsync()).GetProperty("ownerId").GetString());

        await (await owner.Client.PutAsJsonAsync($"/api/courses/{course}", new { title = "Mine" })).AssertProblemAsync(403);
        (
            await next.Client.PutAsJsonAsync($"/api/courses/{course}", new { title = "Ours", status = "published" })
        ).EnsureSuccessStatusCode();
        Assert.Equal((0, 1), (await CoursesAsync(owner.Client), await CoursesAsync(next.Client)));
        await (await TransferAsync(admin, course, owner.Id.ToString(), read.Headers.ETag.Tag)).AssertProblemAsync(412);
        var audit = await admin.GetFromJsonAsync<JsonElement>($"/api/audit?action=course.owner&userId={next.Id}");
        Assert.Contains(
            course,
            Assert.Single(audit.GetProperty("items").EnumerateArray()).GetProperty("detail").GetString(),
            StringComparison.Ordinal
        );

        static async Task<int> CoursesAsync(HttpClient client) =>
            (await client.GetFromJsonAsync<JsonElement>("/api/dashboard")).GetProperty("courses").GetArrayLength();
    }

    [Fact]
    public async Task A_course_can_be_transferred_only_to_a_user_who_can_manage_courses()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var (archived, admin) = (await api.CreateUserAsync("instructor"), await api.CreateUserAsync("admin"));
        (await admin.Client.PostAsync($"/api/users/{archived.Id}/archive", null)).EnsureSuccessStatusCode();
        foreach (
            var id in new[]
            {
                (await api.CreateUserAsync()).Id.ToString(),
                archived.Id.ToString(),
                ObjectId.GenerateNewId().ToString(),
                "nonsense",
                "",
            }
        )
        {
            await (await TransferAsync(admin.Client, course, id)).AssertProblemAsync(400, "ownerId");
        }

        await (await TransferAsync(admin.Client, ObjectId.GenerateNewId().ToString(), owner.Id.ToString())).AssertProblemAsync(404);
        (await owner.Client.PostAsync($"/api/courses/{course}/archive", null)).EnsureSuccessStatusCode();
        await (await TransferAsync(admin.Client, course, admin.Id.ToString())).AssertProblemAsync(409);
    }

    private static Task<HttpResponseMessage> TransferAsync(HttpClient client, string course, string ownerId, string? ifMatch = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, $"/api/courses/{course}/owner")
        {
            Content = JsonContent.Create(new { ownerId }),
        };
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return client.SendAsync(request);
    }
}
