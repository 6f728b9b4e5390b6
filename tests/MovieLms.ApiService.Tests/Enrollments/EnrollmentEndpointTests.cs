using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.ApiService.Tests.Courses;

namespace MovieLms.ApiService.Tests.Enrollments;

public sealed class EnrollmentEndpointTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    [Fact]
    public async Task A_student_enrolls_in_a_free_course_once()
    {
        var (course, _) = await api.CreateCourseAsync();
        var student = await api.CreateUserAsync();
        using var response = await student.Client.PostAsJsonAsync(
            "/api/enrollments",
            new
            {
                courseId = course,
                status = "completed",
                grade = 100,
            }
        );
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var enrollment = await response.JsonAsync();
        Assert.Equal(
            ("active", "Editing", student.Name, JsonValueKind.Null),
            (
                enrollment.GetProperty("status").GetString(),
                enrollment.GetProperty("courseTitle").GetString(),
                enrollment.GetProperty("studentName").GetString(),
                enrollment.GetProperty("grade").ValueKind
            )
        );
        Assert.Equal(HttpStatusCode.OK, (await student.Client.GetAsync(response.Headers.Location)).StatusCode);
        await (await student.Client.PostAsJsonAsync("/api/enrollments", new { courseId = course })).AssertProblemAsync(409);
        await (
            await student.Client.PostAsJsonAsync("/api/enrollments", new { courseId = ObjectId.GenerateNewId().ToString() })
        ).AssertProblemAsync(404);
        await (await student.Client.PostAsJsonAsync("/api/enrollments", new { courseId = "x" })).AssertProblemAsync(400, "courseId");
        await (await student.Client.PostAsJsonAsync("/api/enrollments", new { })).AssertProblemAsync(400, "courseId");
    }

    [Fact]
    public async Task A_hundred_concurrent_requests_of_one_student_create_one_enrollment()
    {
        var (course, _) = await api.CreateCourseAsync(
            new
            {
                title = "Crowded",
                status = "published",
                capacity = 5,
            }
        );
        var student = await api.CreateUserAsync();
        var responses = await Task.WhenAll(
            Enumerable.Range(0, 100).Select(_ => student.Client.PostAsJsonAsync("/api/enrollments", new { courseId = course }))
        );
        Assert.Single(responses, response => response.StatusCode == HttpStatusCode.Created);
        Assert.Equal(99, responses.Count(response => response.StatusCode == HttpStatusCode.Conflict));
        Assert.Equal(1, await CountAsync(course));
        Assert.Equal(1, await CountPlacesTakenAsync(course));
    }

    [Fact]
    public async Task A_hundred_concurrent_students_get_ten_places()
    {
        var (course, _) = await api.CreateCourseAsync(
            new
            {
                title = "Small",
                status = "published",
                capacity = 10,
            }
        );
        var responses = await Task.WhenAll(
            Enumerable
                .Range(0, 100)
                .Select(async _ =>
                {
                    using var student = api.Student();
                    using var response = await student.PostAsJsonAsync("/api/enrollments", new { courseId = course });
                    return response.StatusCode;
                })
        );
        Assert.Equal(10, responses.Count(status => status == HttpStatusCode.Created));
        Assert.Equal(90, responses.Count(status => status == HttpStatusCode.Conflict));
        Assert.Equal(10, await CountAsync(course));
        Assert.Equal(10, await CountPlacesTakenAsync(course));
    }

    [Fact]
    public async Task A_priced_course_requires_an_order_unless_staff_enroll_the_student()
    {
        var (course, owner) = await api.CreateCourseAsync(
            new
            {
                title = "Masterclass",
                status = "published",
                price = 120,
            }
        );
        var student = await api.CreateUserAsync();
        await (await student.Client.PostAsJsonAsync("/api/enrollments", new { courseId = course })).AssertProblemAsync(402);
        var enrollment = await LearningFixture.PostAsync(
            owner.Client,
            "/api/enrollments",
            new { courseId = course, studentId = student.Id.ToString() }
        );
        Assert.Equal(student.Id.ToString(), enrollment.GetProperty("studentId").GetString());
        var notifications = await api
            .Host.Database.GetCollection<BsonDocument>("notifications")
            .Find(new BsonDocument("userId", student.Id))
            .ToListAsync();
        Assert.Equal("enrollment", Assert.Single(notifications)["kind"].AsString);
    }

    [Fact]
    public async Task Only_a_delivered_order_of_the_course_lets_its_customer_enroll()
    {
        var (course, owner) = await api.CreateCourseAsync(
            new
            {
                title = "Masterclass",
                status = "published",
                price = 120,
            }
        );
        var other = await api.CreateCourseAsync(owner);
        var (customer, stranger) = (await api.CreateUserAsync(), await api.CreateUserAsync());
        await AddOrderAsync(customer.Id, course, "Paid");
        await AddOrderAsync(customer.Id, other, "Delivered");
        await (await customer.Client.PostAsJsonAsync("/api/enrollments", new { courseId = course })).AssertProblemAsync(402);
        await AddOrderAsync(customer.Id, course, "Delivered");
        Assert.Equal(
            HttpStatusCode.Created,
            (await customer.Client.PostAsJsonAsync("/api/enrollments", new { courseId = course })).StatusCode
        );
        await (await stranger.Client.PostAsJsonAsync("/api/enrollments", new { courseId = course })).AssertProblemAsync(402);

        Task AddOrderAsync(ObjectId customerId, string courseId, string status) =>
            api
                .Host.Database.GetCollection<BsonDocument>("orders")
                .InsertOneAsync(
                    new BsonDocument
                    {
                        { "number", ObjectId.GenerateNewId().ToString() },
                        { "customerId", customerId },
                        { "courseId", ObjectId.Parse(courseId) },
                        { "status", status },
                    }
                );
    }

    [Fact]
    public async Task Only_managers_of_the_course_can_enroll_others_and_only_existing_users()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var (student, other) = (await api.CreateUserAsync(), await api.CreateUserAsync());
        await (
            await student.Client.PostAsJsonAsync("/api/enrollments", new { courseId = course, studentId = other.Id.ToString() })
        ).AssertProblemAsync(403);
        await (
            await api.Instructor().PostAsJsonAsync("/api/enrollments", new { courseId = course, studentId = other.Id.ToString() })
        ).AssertProblemAsync(403);
        await (
            await owner.Client.PostAsJsonAsync(
                "/api/enrollments",
                new { courseId = course, studentId = ObjectId.GenerateNewId().ToString() }
            )
        ).AssertProblemAsync(404);
        var draft = await api.CreateCourseAsync(owner, new { title = "Draft" });
        await (await student.Client.PostAsJsonAsync("/api/enrollments", new { courseId = draft })).AssertProblemAsync(404);
        Assert.Equal(0, await CountAsync(course));
    }

    [Fact]
    public async Task A_repeated_idempotency_key_returns_the_first_response()
    {
        var (course, _) = await api.CreateCourseAsync();
        var student = await api.CreateUserAsync();
        var (first, second) = (await SendAsync(course), await SendAsync(course));
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.StatusCode, second.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SendAsync(ObjectId.GenerateNewId().ToString())).StatusCode);

        Task<HttpResponseMessage> SendAsync(string courseId)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, "/api/enrollments") { Content = JsonContent.Create(new { courseId }) };
            request.Headers.Add("Idempotency-Key", "enroll-once");
            return student.Client.SendAsync(request);
        }
    }

    [Fact]
    public async Task A_retry_after_a_crash_returns_the_enrollment()
    {
        var (course, _) = await api.CreateCourseAsync();
        var student = await api.CreateUserAsync();
        Assert.Equal(HttpStatusCode.Created, (await SendAsync()).StatusCode);
        // Simulates a process that died before it stored its response, and whose lease has expired.
        var keys = api.Host.Database.GetCollection<BsonDocument>("idempotencyKeys");
        await keys.UpdateManyAsync(
            new BsonDocument("_id", new BsonRegularExpression($"^{student.Id}:")),
            new BsonDocument
            {
                { "$unset", new BsonDocument("answer", "") },
                { "$set", new BsonDocument("heldUntil", new BsonDateTime(0)) },
            }
        );
        Assert.Equal(HttpStatusCode.Created, (await SendAsync()).StatusCode);
        Assert.Equal(1, await CountAsync(course));

        Task<HttpResponseMessage> SendAsync()
        {
            var request = new HttpRequestMessage(HttpMethod.Post, "/api/enrollments")
            {
                Content = JsonContent.Create(new { courseId = course }),
            };
            request.Headers.Add("Idempotency-Key", "crashed");
            return student.Client.SendAsync(request);
        }
    }

    [Fact]
    public async Task Enrolling_again_after_a_withdrawal_reactivates_the_same_enrollment()
    {
        var (course, owner) = await api.CreateCourseAsync(
            new
            {
                title = "One place",
                status = "published",
                capacity = 1,
            }
        );
        var (student, other) = (await api.CreateUserAsync(), await api.CreateUserAsync());
        var enrollment = await api.EnrollAsync(student, course);
        await (await other.Client.DeleteAsync($"/api/enrollments/{enrollment}")).AssertProblemAsync(404);
        await (await other.Client.GetAsync($"/api/enrollments/{enrollment}")).AssertProblemAsync(404);
        await (await other.Client.PostAsJsonAsync("/api/enrollments", new { courseId = course })).AssertProblemAsync(409);
        Assert.Equal(HttpStatusCode.NoContent, (await student.Client.DeleteAsync($"/api/enrollments/{enrollment}")).StatusCode);
        await (await student.Client.DeleteAsync($"/api/enrollments/{enrollment}")).AssertProblemAsync(404);
        Assert.Equal(
            "withdrawn",
            (await student.Client.GetFromJsonAsync<JsonElement>($"/api/enrollments/{enrollment}")).GetProperty("status").GetString()
        );
        var others = await api.EnrollAsync(other, course);
        await (await owner.Client.PatchAsJsonAsync($"/api/enrollments/{enrollment}", new { status = "active" })).AssertProblemAsync(409);
        Assert.Equal(
            HttpStatusCode.OK,
            (await owner.Client.PatchAsJsonAsync($"/api/enrollments/{others}", new { status = "withdrawn" })).StatusCode
        );
        Assert.Equal(enrollment, await api.EnrollAsync(student, course));
        Assert.Equal(1, await CountPlacesTakenAsync(course));
    }

    [Fact]
    public async Task A_change_of_nothing_keeps_the_version_and_the_completion()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var path = $"/api/enrollments/{await api.EnrollAsync(await api.CreateUserAsync(), course)}";
        (await owner.Client.PatchAsJsonAsync(path, new { status = "completed", grade = 80 })).EnsureSuccessStatusCode();
        var before = await owner.Client.GetStringAsync(path);
        foreach (var body in new[] { "{}", """{"status":"completed"}""", before })
        {
            using var response = await owner.Client.PatchAsync(path, new StringContent(body, null, "application/json"));
            Assert.StartsWith("\"2-", response.Headers.ETag?.Tag);
            Assert.Equal(before, await response.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Staff_set_status_and_grade_and_stale_changes_return_412()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var student = await api.CreateUserAsync();
        var enrollment = await api.EnrollAsync(student, course);
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await student.Client.PatchAsJsonAsync($"/api/enrollments/{enrollment}", new { grade = 100 })).StatusCode
        );
        await (await api.Instructor().PatchAsJsonAsync($"/api/enrollments/{enrollment}", new { grade = 100 })).AssertProblemAsync(404);
        await (await owner.Client.PatchAsJsonAsync($"/api/enrollments/{enrollment}", new { grade = 101 })).AssertProblemAsync(400, "grade");
        await (await owner.Client.PatchAsJsonAsync($"/api/enrollments/{enrollment}", new { status = "gone" })).AssertProblemAsync(
            400,
            "status"
        );
        Assert.Equal(HttpStatusCode.OK, (await PatchAsync("\"1\"", new { status = "completed", grade = 87.5 })).StatusCode);
        await (await PatchAsync("\"1\"", new { grade = 10 })).AssertProblemAsync(412);
        var read = await student.Client.GetFromJsonAsync<JsonElement>($"/api/enrollments/{enrollment}");
        Assert.Equal(("completed", 87.5), (read.GetProperty("status").GetString(), read.GetProperty("grade").GetDouble()));
        Assert.Equal(JsonValueKind.String, read.GetProperty("completedAt").ValueKind);

        Task<HttpResponseMessage> PatchAsync(string ifMatch, object body)
        {
            var request = new HttpRequestMessage(HttpMethod.Patch, $"/api/enrollments/{enrollment}") { Content = JsonContent.Create(body) };
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
            return owner.Client.SendAsync(request);
        }
    }

    [Fact]
    public async Task Lists_contain_the_callers_enrollments_or_those_of_a_managed_course()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var second = await api.CreateCourseAsync(owner);
        var (student, other) = (await api.CreateUserAsync(), await api.CreateUserAsync());
        foreach (var id in new[] { course, second })
            await api.EnrollAsync(student, id);
        await api.EnrollAsync(other, course);
        Assert.Equal(2, (await LearningFixture.ReadAllAsync(student.Client, "/api/enrollments", 1)).Count);
        using var personal = await student.Client.GetAsync("/api/enrollments");
        Assert.Equal("no-store", personal.Headers.CacheControl?.ToString());
        Assert.Single(await LearningFixture.ReadAllAsync(student.Client, $"/api/enrollments?courseId={course}"));
        Assert.Equal(2, (await LearningFixture.ReadAllAsync(owner.Client, $"/api/enrollments?courseId={course}&status=active", 1)).Count);
        Assert.Empty(await LearningFixture.ReadAllAsync(owner.Client, "/api/enrollments"));
        await (await student.Client.GetAsync($"/api/enrollments?studentId={other.Id}")).AssertProblemAsync(404);
        await (await api.Instructor().GetAsync($"/api/enrollments?courseId={course}&studentId={other.Id}")).AssertProblemAsync(404);
        using var admin = api.Admin();
        Assert.Equal(2, (await LearningFixture.ReadAllAsync(admin, $"/api/enrollments?studentId={student.Id}")).Count);
    }

    private Task<long> CountAsync(string course) =>
        api
            .Host.Database.GetCollection<BsonDocument>("enrollments")
            .CountDocumentsAsync(new BsonDocument("courseId", ObjectId.Parse(course)));

    private async Task<int> CountPlacesTakenAsync(string course) =>
        (await api.Admin().GetFromJsonAsync<JsonElement>($"/api/courses/{course}")).GetProperty("activeEnrollments").GetInt32();
}
