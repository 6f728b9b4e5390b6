using System.Net;
using System.Net.Http.Json;

namespace MovieLms.ApiService.Tests.Courses;

public sealed class CourseEndpointTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    [Fact]
    public async Task A_new_course_belongs_to_its_creator_and_ignores_read_only_fields()
    {
        var owner = await api.CreateUserAsync("instructor");
        using var response = await owner.Client.PostAsJsonAsync(
            "/api/courses",
            new
            {
                title = "  Sound Design ",
                description = "Two lines\nof text",
                price = 49.5,
                currency = "EUR",
                capacity = 12,
                ownerId = "000000000000000000000000",
                activeEnrollments = 7,
            }
        );
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var course = await response.JsonAsync();
        Assert.Equal($"/api/courses/{course.Id()}", response.Headers.Location?.ToString());
        Assert.NotNull(response.Headers.ETag);
        Assert.Equal(
            ("Sound Design", 49.5m, "EUR", 12, "draft", owner.Id.ToString(), 0),
            (
                course.GetProperty("title").GetString(),
                course.GetProperty("price").GetDecimal(),
                course.GetProperty("currency").GetString(),
                course.GetProperty("capacity").GetInt32(),
                course.GetProperty("status").GetString(),
                course.GetProperty("ownerId").GetString(),
                course.GetProperty("activeEnrollments").GetInt32()
            )
        );
        using var student = api.Student();
        Assert.Equal(HttpStatusCode.Forbidden, (await student.PostAsJsonAsync("/api/courses", new { title = "Mine" })).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await api.Anonymous.GetAsync("/api/courses")).StatusCode);
    }

    [Theory]
    [InlineData("""{}""", "title")]
    [InlineData("""{"title":"x","price":-1}""", "price")]
    [InlineData("""{"title":"x","price":1.005}""", "price")]
    [InlineData("""{"title":"x","currency":"euro"}""", "currency")]
    [InlineData("""{"title":"x","capacity":0}""", "capacity")]
    [InlineData("""{"title":"x","status":"open"}""", "status")]
    public async Task An_invalid_course_returns_400_with_the_field_name(string body, string field)
    {
        using var client = api.Instructor();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        await (await client.PostAsync("/api/courses", content)).AssertProblemAsync(400, field);
    }

    [Fact]
    public async Task Other_users_can_read_only_published_courses_and_change_none()
    {
        var owner = await api.CreateUserAsync("instructor");
        var (draft, published) = (await api.CreateCourseAsync(owner, new { title = "Draft" }), await api.CreateCourseAsync(owner));
        var (student, other, admin) = (api.Student(), api.Instructor(), api.Admin());
        foreach (var client in new[] { student, other })
        {
            await (await client.GetAsync($"/api/courses/{draft}")).AssertProblemAsync(404);
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"/api/courses/{published}")).StatusCode);
            var listed = await LearningFixture.ReadAllAsync(client, $"/api/courses?ownerId={owner.Id}");
            Assert.Equal([published], listed.Select(course => course.Id()));
        }
        foreach (var (method, path) in new[] { ("PUT", ""), ("DELETE", ""), ("POST", "/archive"), ("POST", "/restore") })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), $"/api/courses/{published}{path}");
            if (method == "PUT")
                request.Content = JsonContent.Create(new { title = "Taken" });
            await (await other.SendAsync(request)).AssertProblemAsync(403);
            using var hidden = new HttpRequestMessage(new HttpMethod(method), $"/api/courses/{draft}{path}");
            if (method == "PUT")
                hidden.Content = JsonContent.Create(new { title = "Taken" });
            await (await other.SendAsync(hidden)).AssertProblemAsync(404);
        }
        Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync($"/api/courses/{draft}")).StatusCode);
        Assert.Equal(
            HttpStatusCode.OK,
            (await admin.PutAsJsonAsync($"/api/courses/{draft}", new { title = "Edited by an admin" })).StatusCode
        );
    }

    [Fact]
    public async Task The_list_searches_sorts_and_returns_each_course_once()
    {
        var owner = await api.CreateUserAsync("instructor");
        foreach (var title in new[] { "Éclairage avancé", "Cutting", "Animation", "Eclairage II" })
            await api.CreateCourseAsync(owner, new { title, status = "published" });
        Assert.Equal(["Animation", "Cutting", "Éclairage avancé", "Eclairage II"], await TitlesAsync("sort=title"));
        Assert.Equal(["Eclairage II", "Éclairage avancé", "Cutting", "Animation"], await TitlesAsync("sort=-title"));
        Assert.Equal(["Éclairage avancé", "Cutting", "Animation", "Eclairage II"], await TitlesAsync("sort=createdAt"));
        Assert.Equal(["Eclairage II"], await TitlesAsync("search=ecl%20ii"));
        Assert.Empty(await TitlesAsync("status=draft"));
        await (await owner.Client.GetAsync("/api/courses?sort=price")).AssertProblemAsync(400, "sort");
        await (await owner.Client.GetAsync("/api/courses?status=gone")).AssertProblemAsync(400, "status");

        async Task<IEnumerable<string?>> TitlesAsync(string query) =>
            (await LearningFixture.ReadAllAsync(owner.Client, $"/api/courses?ownerId={owner.Id}&{query}")).Select(course =>
                course.GetProperty("title").GetString()
            );
    }

    [Fact]
    public async Task A_stale_edit_returns_412_and_an_enrollment_does_not_make_a_version_stale()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var first = (await owner.Client.GetAsync($"/api/courses/{course}")).Headers.ETag!;
        await api.EnrollAsync(await api.CreateUserAsync(), course);
        using var read = await owner.Client.GetAsync($"/api/courses/{course}");
        Assert.NotEqual(first, read.Headers.ETag);
        Assert.Equal(1, (await read.JsonAsync()).GetProperty("activeEnrollments").GetInt32());
        Assert.Equal(HttpStatusCode.OK, (await PutAsync(first.ToString())).StatusCode);
        await (await PutAsync(first.ToString())).AssertProblemAsync(412);

        Task<HttpResponseMessage> PutAsync(string ifMatch)
        {
            var request = new HttpRequestMessage(HttpMethod.Put, $"/api/courses/{course}")
            {
                Content = JsonContent.Create(new { title = "Other", status = "published" }),
            };
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
            return owner.Client.SendAsync(request);
        }
    }

    [Fact]
    public async Task An_archived_course_is_listed_on_request_and_is_read_only_until_it_is_restored()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var lecture = await api.AddLectureAsync(owner, course);
        var student = await api.CreateUserAsync();
        var enrollment = await api.EnrollAsync(student, course);
        Assert.NotNull(
            (await LearningFixture.PostAsync(owner.Client, $"/api/courses/{course}/archive", null)).GetProperty("archivedAt").GetString()
        );

        Assert.Empty(await LearningFixture.ReadAllAsync(student.Client, $"/api/courses?ownerId={owner.Id}"));
        Assert.Single(await LearningFixture.ReadAllAsync(student.Client, $"/api/courses?ownerId={owner.Id}&archived=true"));
        Assert.Single(await LearningFixture.ReadAllAsync(student.Client, $"/api/courses/{course}/lectures"));
        Assert.Empty(await LearningFixture.ReadAllAsync(student.Client, "/api/enrollments"));
        Assert.Single(await LearningFixture.ReadAllAsync(student.Client, "/api/enrollments?archived=true"));
        await (await owner.Client.PutAsJsonAsync($"/api/courses/{course}", new { title = "x" })).AssertProblemAsync(409);
        await (await owner.Client.PostAsJsonAsync($"/api/courses/{course}/lectures", new { title = "x" })).AssertProblemAsync(409);
        await (await owner.Client.PutAsJsonAsync($"/api/courses/{course}/lectures/{lecture}", new { title = "x" })).AssertProblemAsync(409);
        await (
            await owner.Client.PutAsJsonAsync($"/api/courses/{course}/lectures/order", new { ids = new[] { lecture } })
        ).AssertProblemAsync(409);
        await (await owner.Client.DeleteAsync($"/api/courses/{course}/lectures/{lecture}")).AssertProblemAsync(409);
        await (
            await owner.Client.PostAsJsonAsync($"/api/courses/{course}/announcements", new { title = "x", text = "y" })
        ).AssertProblemAsync(409);
        await (await owner.Client.PatchAsJsonAsync($"/api/enrollments/{enrollment}", new { grade = 5 })).AssertProblemAsync(409);
        await (await student.Client.PostAsync($"/api/courses/{course}/lectures/{lecture}/attend", null)).AssertProblemAsync(409);
        await (await student.Client.DeleteAsync($"/api/enrollments/{enrollment}")).AssertProblemAsync(409);
        await (await api.Student().PostAsJsonAsync("/api/enrollments", new { courseId = course })).AssertProblemAsync(409);

        Assert.Null(
            (await LearningFixture.PostAsync(owner.Client, $"/api/courses/{course}/restore", null)).GetProperty("archivedAt").GetString()
        );
        Assert.Single(await LearningFixture.ReadAllAsync(student.Client, "/api/enrollments"));
        Assert.Equal(
            HttpStatusCode.OK,
            (await owner.Client.PatchAsJsonAsync($"/api/enrollments/{enrollment}", new { grade = 5 })).StatusCode
        );
    }

    [Fact]
    public async Task Deleting_and_restoring_a_course_includes_everything_that_belongs_to_it()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var lecture = await api.AddLectureAsync(owner, course);
        var student = await api.CreateUserAsync();
        var enrollment = await api.EnrollAsync(student, course);
        Assert.Equal(HttpStatusCode.NoContent, (await owner.Client.DeleteAsync($"/api/courses/{course}")).StatusCode);
        foreach (
            var path in new[]
            {
                $"/api/courses/{course}",
                $"/api/courses/{course}/lectures",
                $"/api/courses/{course}/lectures/{lecture}",
                $"/api/enrollments/{enrollment}",
                $"/api/analytics/courses/{course}",
            }
        )
        {
            await (await owner.Client.GetAsync(path)).AssertProblemAsync(404);
        }

        Assert.Empty(await LearningFixture.ReadAllAsync(student.Client, "/api/enrollments"));
        await (await owner.Client.DeleteAsync($"/api/courses/{course}")).AssertProblemAsync(404);

        Assert.Equal(
            1,
            (await LearningFixture.PostAsync(owner.Client, $"/api/courses/{course}/restore", null))
                .GetProperty("activeEnrollments")
                .GetInt32()
        );
        Assert.Single(await LearningFixture.ReadAllAsync(student.Client, $"/api/courses/{course}/lectures"));
        Assert.Single(await LearningFixture.ReadAllAsync(student.Client, "/api/enrollments"));
    }

    [Fact]
    public async Task A_capacity_below_the_places_taken_returns_409()
    {
        var (course, owner) = await api.CreateCourseAsync();
        for (var i = 0; i < 2; i++)
            await api.EnrollAsync(await api.CreateUserAsync(), course);
        await (await owner.Client.PutAsJsonAsync($"/api/courses/{course}", new { title = "x", capacity = 1 })).AssertProblemAsync(409);
        Assert.Equal(
            HttpStatusCode.OK,
            (await owner.Client.PutAsJsonAsync($"/api/courses/{course}", new { title = "x", capacity = 2 })).StatusCode
        );
    }
}
