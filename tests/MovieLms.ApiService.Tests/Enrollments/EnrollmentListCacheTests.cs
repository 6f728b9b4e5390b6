using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.ApiService.Tests.Courses;

namespace MovieLms.ApiService.Tests.Enrollments;

/// <summary>A student's own list is cached, and the next read returns every write that changes it.</summary>
public sealed class EnrollmentListCacheTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    [Fact]
    public async Task The_second_read_is_a_cache_hit_only_for_the_same_student()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var (student, other) = (await api.CreateUserAsync(), await api.CreateUserAsync());
        await api.EnrollAsync(student, course);
        var (first, second) = (await student.Client.GetAsync("/api/enrollments"), await student.Client.GetAsync("/api/enrollments"));
        Assert.Equal(("MISS", "HIT"), (Cache(first), Cache(second)));
        Assert.True(second.Headers.CacheControl!.NoStore);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Empty((await (await other.Client.GetAsync("/api/enrollments")).JsonAsync()).GetProperty("items").EnumerateArray());
        for (var i = 0; i < 2; i++)
            Assert.Equal("MISS", Cache(await owner.Client.GetAsync($"/api/enrollments?courseId={course}")));
        Assert.Equal("MISS", Cache(await student.Client.GetAsync("/api/enrollments?status=active")));
    }

    [Fact]
    public async Task Enrolling_grading_withdrawing_and_enrolling_again_are_visible_at_once()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var student = await api.CreateUserAsync();
        Assert.Empty(await ListAsync(student));
        var id = await api.EnrollAsync(student, course);
        Assert.Equal("active", Assert.Single(await ListAsync(student)).GetProperty("status").GetString());
        (
            await owner.Client.PatchAsJsonAsync($"/api/enrollments/{id}", new { grade = 73.5, status = "completed" })
        ).EnsureSuccessStatusCode();
        var graded = Assert.Single(await ListAsync(student));
        Assert.Equal((73.5, "completed"), (graded.GetProperty("grade").GetDouble(), graded.GetProperty("status").GetString()));
        (await student.Client.DeleteAsync($"/api/enrollments/{id}")).EnsureSuccessStatusCode();
        Assert.Equal("withdrawn", Assert.Single(await ListAsync(student)).GetProperty("status").GetString());
        await api.EnrollAsync(student, course);
        Assert.Equal("active", Assert.Single(await ListAsync(student)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_new_course_title_and_a_new_username_are_visible_at_once()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var student = await api.CreateUserAsync();
        await api.EnrollAsync(student, course);
        await ListAsync(student);
        (
            await owner.Client.PutAsJsonAsync($"/api/courses/{course}", new { title = "Cutting", status = "published" })
        ).EnsureSuccessStatusCode();
        Assert.Equal("Cutting", Assert.Single(await ListAsync(student)).GetProperty("courseTitle").GetString());
        (await student.Client.PutAsJsonAsync("/api/auth/me", new { username = "Renamed" })).EnsureSuccessStatusCode();
        Assert.Equal("Renamed", Assert.Single(await ListAsync(student)).GetProperty("studentName").GetString());
    }

    [Fact]
    public async Task Archiving_deleting_and_restoring_the_course_are_visible_at_once()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var student = await api.CreateUserAsync();
        await api.EnrollAsync(student, course);
        foreach (var isArchived in new[] { true, false })
        {
            Assert.Single(await ListAsync(student));
            using var response = isArchived
                ? await owner.Client.PostAsync($"/api/courses/{course}/archive", null)
                : await owner.Client.DeleteAsync($"/api/courses/{course}");
            Assert.True(response.IsSuccessStatusCode);
            Assert.Empty(await ListAsync(student));
            Assert.Equal(isArchived ? 1 : 0, (await ListAsync(student, "?archived=true")).Count);
            (await owner.Client.PostAsync($"/api/courses/{course}/restore", null)).EnsureSuccessStatusCode();
        }
        Assert.Single(await ListAsync(student));
    }

    [Fact]
    public async Task A_delivered_order_is_visible_at_once()
    {
        var (course, _) = await api.CreateCourseAsync(
            new
            {
                title = "Masterclass",
                status = "published",
                price = 120,
            }
        );
        var student = await api.CreateUserAsync();
        Assert.Empty(await ListAsync(student));
        var order = (await LearningFixture.PostAsync(student.Client, "/api/orders", new { courseId = course })).Id();
        using var admin = api.Admin();
        foreach (var status in new[] { "paid", "delivered" })
            Assert.Equal(HttpStatusCode.OK, (await admin.PatchAsJsonAsync($"/api/orders/{order}", new { status })).StatusCode);
        Assert.Equal(course, Assert.Single(await ListAsync(student)).GetProperty("courseId").GetString());
    }

    [Fact]
    public async Task Each_enrollment_in_a_page_has_the_title_of_its_course()
    {
        var student = await api.CreateUserAsync();
        var owner = await api.CreateUserAsync("instructor");
        for (var i = 0; i < 5; i++)
            await api.EnrollAsync(student, await api.CreateCourseAsync(owner, new { title = $"Course {i}", status = "published" }));
        var stored = await api
            .Host.Database.GetCollection<BsonDocument>("enrollments")
            .Find(new BsonDocument("studentId", student.Id))
            .ToListAsync();
        var listed = await ListAsync(student);
        Assert.Equal(
            stored
                .OrderByDescending(item => item["enrolledAt"])
                .ThenByDescending(item => item["_id"])
                .Select(item => item["_id"].ToString()),
            listed.Select(item => item.GetProperty("id").GetString())
        );
        Assert.Equal(
            Enumerable.Range(0, 5).Reverse().Select(i => $"Course {i}"),
            listed.Select(item => item.GetProperty("courseTitle").GetString())
        );
    }

    private static string Cache(HttpResponseMessage response) => Assert.Single(response.Headers.GetValues("X-Cache"));

    private static async Task<List<JsonElement>> ListAsync(Person student, string query = "") =>
        [.. (await student.Client.GetFromJsonAsync<JsonElement>("/api/enrollments" + query)).GetProperty("items").EnumerateArray()];
}
