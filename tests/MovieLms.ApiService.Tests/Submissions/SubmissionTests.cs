using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.ApiService.Tests.Courses;

namespace MovieLms.ApiService.Tests.Submissions;

public sealed class SubmissionTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    [Fact]
    public async Task Staff_write_assignments_and_enrolled_students_read_them()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var student = await api.CreateUserAsync();
        var path = $"/api/courses/{course}/assignments";
        var created = await LearningFixture.PostAsync(owner.Client, path, new { title = "Cut a scene", dueAt = "2030-01-01T00:00:00Z" });
        Assert.Equal(HttpStatusCode.Forbidden, (await student.Client.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await student.Client.PostAsJsonAsync(path, new { title = "x" })).StatusCode);
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await (await api.CreateUserAsync("instructor")).Client.PostAsJsonAsync(path, new { title = "x" })).StatusCode
        );
        await api.EnrollAsync(student, course);
        Assert.Equal(
            "Cut a scene",
            Assert.Single(await LearningFixture.ReadAllAsync(student.Client, path)).GetProperty("title").GetString()
        );
        using var stale = new HttpRequestMessage(HttpMethod.Put, $"{path}/{created.Id()}")
        {
            Content = JsonContent.Create(new { title = "New" }),
        };
        stale.Headers.TryAddWithoutValidation("If-Match", "\"9\"");
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await owner.Client.SendAsync(stale)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await owner.Client.PutAsJsonAsync($"{path}/{created.Id()}", new { title = "New" })).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await owner.Client.DeleteAsync($"{path}/{created.Id()}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await student.Client.GetAsync($"{path}/{created.Id()}")).StatusCode);
    }

    [Fact]
    public async Task Resubmitted_work_becomes_current_and_earlier_work_becomes_history()
    {
        var (assignment, _, student) = await PrepareAsync();
        var first = await LearningFixture.PostAsync(student.Client, Path(assignment), new { text = "One" });
        var second = await LearningFixture.PostAsync(student.Client, Path(assignment), new { text = "Two" });
        Assert.Equal(first.Id(), second.Id());
        var read = await student.Client.GetFromJsonAsync<JsonElement>($"/api/submissions/{first.Id()}");
        Assert.Equal(
            ("Two", 2),
            (read.GetProperty("current").GetProperty("text").GetString(), read.GetProperty("current").GetProperty("number").GetInt32())
        );
        Assert.Equal("One", Assert.Single(read.GetProperty("history").EnumerateArray()).GetProperty("text").GetString());
        Assert.Single(await LearningFixture.ReadAllAsync(student.Client, Path(assignment)));
    }

    [Theory]
    [InlineData("2020-01-01T00:00:00Z", true)]
    [InlineData("2999-01-01T00:00:00Z", false)]
    [InlineData(null, false)]
    public async Task Late_work_is_marked(string? dueAt, bool isLate)
    {
        var (assignment, _, student) = await PrepareAsync(dueAt);
        var submission = await LearningFixture.PostAsync(student.Client, Path(assignment), new { text = "Done" });
        Assert.Equal(isLate, submission.GetProperty("current").GetProperty("isLate").GetBoolean());
    }

    [Fact]
    public async Task A_file_is_downloaded_with_the_same_bytes()
    {
        var (assignment, owner, student) = await PrepareAsync();
        var content = Encoding.UTF8.GetBytes("<script>alert(1)</script>" + new string('x', 1_200_000));
        using var sent = await student.Client.PostAsync(Path(assignment), Form(content, "..\\..\\page\".html", "With a note"));
        Assert.Equal(HttpStatusCode.Created, sent.StatusCode);
        using var response = await owner.Client.GetAsync($"{sent.Headers.Location}/file");
        Assert.Equal(content, await response.Content.ReadAsByteArrayAsync());
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal("application/octet-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("With a note", (await sent.JsonAsync()).GetProperty("current").GetProperty("text").GetString());
    }

    [Fact]
    public async Task Oversized_empty_and_missing_work_is_rejected()
    {
        var (assignment, _, student) = await PrepareAsync();
        using var large = await student.Client.PostAsync(Path(assignment), Form(new byte[(10 * 1024 * 1024) + 1], "a.bin", null));
        await large.AssertProblemAsync(413);
        using var empty = await student.Client.PostAsync(Path(assignment), Form([], "a.bin", null));
        await empty.AssertProblemAsync(400, "file");
        using var none = await student.Client.PostAsJsonAsync(Path(assignment), new { });
        await none.AssertProblemAsync(400, "text");
        using var other = await student.Client.PostAsync(Path(assignment), new StringContent("x"));
        await other.AssertProblemAsync(415);
        Assert.Empty(await LearningFixture.ReadAllAsync(student.Client, Path(assignment)));
    }

    [Fact]
    public async Task A_retry_with_the_same_key_submits_once()
    {
        var (assignment, _, student) = await PrepareAsync();
        var first = await SubmitAsync("One");
        var again = await SubmitAsync("One");
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.StatusCode, again.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        await (await SubmitAsync("Two")).AssertProblemAsync(422);
        Assert.Equal(
            1,
            Assert
                .Single(await LearningFixture.ReadAllAsync(student.Client, Path(assignment)))
                .GetProperty("current")
                .GetProperty("number")
                .GetInt32()
        );

        async Task<HttpResponseMessage> SubmitAsync(string text)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Path(assignment)) { Content = JsonContent.Create(new { text }) };
            request.Headers.Add("Idempotency-Key", "k-1");
            return await student.Client.SendAsync(request);
        }
    }

    [Fact]
    public async Task Students_see_their_own_work_and_staff_see_all()
    {
        var (assignment, owner, student) = await PrepareAsync();
        var course = (await LearningFixture.PostAsync(student.Client, Path(assignment), new { text = "Mine" }))
            .GetProperty("courseId")
            .GetString()!;
        var other = await api.CreateUserAsync();
        await api.EnrollAsync(other, course);
        var theirs = await LearningFixture.PostAsync(other.Client, Path(assignment), new { text = "Theirs" });
        Assert.Equal(
            "Mine",
            Assert
                .Single(await LearningFixture.ReadAllAsync(student.Client, Path(assignment)))
                .GetProperty("current")
                .GetProperty("text")
                .GetString()
        );
        Assert.Equal(2, (await LearningFixture.ReadAllAsync(owner.Client, Path(assignment), 1)).Count);
        Assert.Equal(HttpStatusCode.NotFound, (await student.Client.GetAsync($"/api/submissions/{theirs.Id()}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await student.Client.GetAsync($"/api/submissions/{theirs.Id()}/file")).StatusCode);
        var stranger = await api.CreateUserAsync("instructor");
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.Client.GetAsync($"/api/submissions/{theirs.Id()}")).StatusCode);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await stranger.Client.PutAsJsonAsync($"/api/submissions/{theirs.Id()}/grade", new { grade = 1 })).StatusCode
        );
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.Client.GetAsync(Path(assignment))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await owner.Client.PostAsJsonAsync(Path(assignment), new { text = "x" })).StatusCode);
    }

    [Fact]
    public async Task A_grade_notifies_the_student_and_records_its_changes()
    {
        var (assignment, owner, student) = await PrepareAsync();
        var id = (await LearningFixture.PostAsync(student.Client, Path(assignment), new { text = "Mine" })).Id();
        var path = $"/api/submissions/{id}/grade";
        Assert.Equal(HttpStatusCode.Forbidden, (await student.Client.PutAsJsonAsync(path, new { grade = 100 })).StatusCode);
        using var bad = await owner.Client.PutAsJsonAsync(path, new { grade = 101 });
        await bad.AssertProblemAsync(400, "grade");
        Assert.Equal(HttpStatusCode.OK, (await owner.Client.PutAsJsonAsync(path, new { grade = 70, feedback = "Tighter" })).StatusCode);
        using var changed = await owner.Client.PutAsJsonAsync(path, new { grade = 80.5 });
        var changes = (await changed.JsonAsync()).GetProperty("gradeChanges").EnumerateArray().ToList();
        Assert.Equal(JsonValueKind.Null, changes[0].GetProperty("from").ValueKind);
        Assert.Equal(
            (70, 80.5, "Tighter", owner.Id.ToString()),
            (
                changes[1].GetProperty("from").GetDouble(),
                changes[1].GetProperty("to").GetDouble(),
                changes[1].GetProperty("feedbackBefore").GetString(),
                changes[1].GetProperty("by").GetString()
            )
        );
        using var stale = new HttpRequestMessage(HttpMethod.Put, path) { Content = JsonContent.Create(new { grade = 1 }) };
        stale.Headers.TryAddWithoutValidation("If-Match", "\"1\"");
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await owner.Client.SendAsync(stale)).StatusCode);
        var seen = await student.Client.GetFromJsonAsync<JsonElement>($"/api/submissions/{id}");
        Assert.Equal(80.5, seen.GetProperty("grade").GetDouble());
        Assert.Empty(seen.GetProperty("gradeChanges").EnumerateArray());
        var notifications = api.Host.Database.GetCollection<BsonDocument>("notifications");
        Assert.Equal(2, await notifications.CountDocumentsAsync(new BsonDocument { { "userId", student.Id }, { "kind", "grade" } }));
    }

    [Fact]
    public async Task Staff_filter_submissions_and_see_names()
    {
        var (assignment, owner, student) = await PrepareAsync("2020-01-01T00:00:00Z");
        var submission = await LearningFixture.PostAsync(student.Client, Path(assignment), new { text = "Mine" });
        var name = (await student.Client.GetFromJsonAsync<JsonElement>("/api/auth/me")).GetProperty("username").GetString();
        Assert.Equal(name, submission.GetProperty("studentName").GetString());
        Assert.Equal("1 0 1 0 1", await CountAsync());
        var path = $"/api/submissions/{submission.Id()}/grade";
        using var graded = await owner.Client.PutAsJsonAsync(path, new { grade = 70 });
        var change = Assert.Single((await graded.JsonAsync()).GetProperty("gradeChanges").EnumerateArray());
        var grader = (await owner.Client.GetFromJsonAsync<JsonElement>("/api/auth/me")).GetProperty("username").GetString();
        Assert.Equal(grader, change.GetProperty("byName").GetString());
        Assert.Equal("0 1 1 0 0", await CountAsync());

        async Task<string> CountAsync()
        {
            List<int> counts = [];
            foreach (var filter in new[] { "graded=false", "graded=true", "late=true", "late=false", "graded=false&late=true" })
            {
                var page = await owner.Client.GetFromJsonAsync<JsonElement>($"{Path(assignment)}?{filter}");
                counts.Add(page.GetProperty("items").GetArrayLength());
            }
            return string.Join(' ', counts);
        }
    }

    private static string Path(string assignment) => $"/api/assignments/{assignment}/submissions";

    private async Task<(string Assignment, Person Owner, Person Student)> PrepareAsync(string? dueAt = null)
    {
        var (course, owner) = await api.CreateCourseAsync();
        var student = await api.CreateUserAsync();
        await api.EnrollAsync(student, course);
        return (
            (await LearningFixture.PostAsync(owner.Client, $"/api/courses/{course}/assignments", new { title = "Scene", dueAt })).Id(),
            owner,
            student
        );
    }

    private static MultipartFormDataContent Form(byte[] content, string name, string? text)
    {
        var file = new ByteArrayContent(content);
        file.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = "file", FileNameStar = name };
        file.Headers.ContentType = new MediaTypeHeaderValue("text/html");
        var form = new MultipartFormDataContent { file };
        if (text is not null)
            form.Add(new StringContent(text), "text");
        return form;
    }
}
