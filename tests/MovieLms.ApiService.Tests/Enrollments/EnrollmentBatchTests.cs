using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.ApiService.Tests.Courses;
using MovieLms.Data.Notifications;
using MovieLms.Data.Storage;

namespace MovieLms.ApiService.Tests.Enrollments;

public sealed class EnrollmentBatchTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    [Fact]
    public async Task Each_row_has_the_result_of_the_single_request_and_does_not_stop_the_others()
    {
        var (course, owner) = await api.CreateCourseAsync(
            new
            {
                title = "Priced",
                status = "published",
                price = 9,
            }
        );
        var (byId, byEmail, enrolled, never) = (
            await api.CreateUserAsync(),
            await api.CreateUserAsync(),
            await api.CreateUserAsync(),
            await api.CreateUserAsync()
        );
        var earlier = (
            await LearningFixture.PostAsync(owner.Client, "/api/enrollments", new { courseId = course, studentId = enrolled.Id.ToString() })
        ).Id();
        var result = await BatchAsync(
            owner,
            course,
            new
            {
                enroll = new object?[]
                {
                    new { studentId = byId.Id.ToString() },
                    new { email = $" {byEmail.Email.ToUpperInvariant()} " },
                    new { studentId = byId.Id.ToString() },
                    new { studentId = ObjectId.GenerateNewId().ToString() },
                    new { email = "nobody@example.test" },
                    new { studentId = "x" },
                    new { email = "x" },
                    new { },
                    new { studentId = byId.Id.ToString(), email = byId.Email },
                    null,
                },
                withdraw = new object[] { new { email = enrolled.Email }, new { studentId = never.Id.ToString() } },
            }
        );
        Assert.Equal((3, 9), (result.GetProperty("succeeded").GetInt32(), result.GetProperty("failed").GetInt32()));
        var rows = result.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(
            [
                "withdraw 0 204",
                "withdraw 1 404",
                "enroll 0 201",
                "enroll 1 201",
                "enroll 2 409",
                "enroll 3 404",
                "enroll 4 404",
                "enroll 5 400 studentId",
                "enroll 6 400 email",
                "enroll 7 400 studentId",
                "enroll 8 400 email",
                "enroll 9 400 studentId",
            ],
            rows.Select(Describe)
        );
        Assert.Equal(earlier, rows[0].GetProperty("enrollmentId").GetString());
        Assert.Equal(byEmail.Id.ToString(), rows[3].GetProperty("studentId").GetString());

        // The problem is that of the single request.
        var problem = rows[4].GetProperty("problem");
        using var single = await owner.Client.PostAsJsonAsync(
            "/api/enrollments",
            new { courseId = course, studentId = byId.Id.ToString() }
        );
        var expected = await single.JsonAsync();
        foreach (var member in new[] { "type", "title", "detail" })
            Assert.Equal(expected.GetProperty(member).GetString(), problem.GetProperty(member).GetString());
        Assert.Equal(409, problem.GetProperty("status").GetInt32());
        Assert.Equal(
            (2, "withdrawn"),
            (
                await ActiveAsync(owner, course),
                (await enrolled.Client.GetFromJsonAsync<JsonElement>($"/api/enrollments/{earlier}")).GetProperty("status").GetString()
            )
        );
        Assert.Equal(1, await CountNotificationsAsync(byId));
    }

    [Fact]
    public async Task Withdrawals_free_seats_for_the_enrollments_of_the_same_batch()
    {
        var (course, owner) = await api.CreateCourseAsync(
            new
            {
                title = "Small",
                status = "published",
                capacity = 1,
            }
        );
        var (first, second, third) = (await api.CreateUserAsync(), await api.CreateUserAsync(), await api.CreateUserAsync());
        await api.EnrollAsync(first, course);
        var result = await BatchAsync(
            owner,
            course,
            new { enroll = new[] { Reference(second), Reference(third) }, withdraw = new[] { Reference(first) } }
        );
        Assert.Equal(["withdraw 0 204", "enroll 0 201", "enroll 1 409"], result.GetProperty("results").EnumerateArray().Select(Describe));
        Assert.Equal(1, await ActiveAsync(owner, course));
    }

    [Fact]
    public async Task Concurrent_batches_fill_exactly_the_seats()
    {
        const int Capacity = 7;
        var (course, owner) = await api.CreateCourseAsync(
            new
            {
                title = "Popular",
                status = "published",
                capacity = Capacity,
            }
        );
        var students = new List<Person>();
        for (var i = 0; i < 24; i++)
            students.Add(await api.CreateUserAsync());
        var results = await Task.WhenAll(
            students.Chunk(6).Select(chunk => BatchAsync(owner, course, new { enroll = chunk.Select(Reference).ToArray() }))
        );
        Assert.Equal(Capacity, results.Sum(result => result.GetProperty("succeeded").GetInt32()));
        Assert.Equal(Capacity, await ActiveAsync(owner, course));
        Assert.Equal(Capacity, (await LearningFixture.ReadAllAsync(owner.Client, $"/api/enrollments?courseId={course}", 50)).Count);
        Assert.All(
            results.SelectMany(result => result.GetProperty("results").EnumerateArray()),
            row => Assert.Contains(row.GetProperty("status").GetInt32(), new[] { 201, 409 })
        );
    }

    [Fact]
    public async Task A_repeated_batch_returns_the_first_response()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var student = await api.CreateUserAsync();
        var (body, key) = (new { enroll = new[] { Reference(student) } }, Guid.NewGuid().ToString());
        var (first, second) = (await SendAsync(owner, course, body, key), await SendAsync(owner, course, body, key));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        var other = new { enroll = new[] { Reference(await api.CreateUserAsync()) } };
        await (await SendAsync(owner, course, other, key)).AssertProblemAsync(422);
    }

    [Fact]
    public async Task A_retry_after_a_lost_response_applies_no_row_twice()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var (added, returning, leaving, missing) = (
            await api.CreateUserAsync(),
            await api.CreateUserAsync(),
            await api.CreateUserAsync(),
            await api.CreateUserAsync()
        );
        var earlier = await api.EnrollAsync(returning, course);
        (await returning.Client.DeleteAsync($"/api/enrollments/{earlier}")).EnsureSuccessStatusCode();
        await api.EnrollAsync(leaving, course);
        var body = new
        {
            enroll = new[] { Reference(added), Reference(returning) },
            withdraw = new[] { Reference(leaving), Reference(missing) },
        };
        var key = Guid.NewGuid().ToString();
        string[] expected = ["withdraw 0 204", "withdraw 1 404", "enroll 0 201", "enroll 1 201"];
        using var first = await SendAsync(owner, course, body, key);
        Assert.Equal(expected, (await first.JsonAsync()).GetProperty("results").EnumerateArray().Select(Describe));

        // As after a crash between the rows and the stored response. Meanwhile the students have changed their minds.
        await LoseResponseAsync(key);
        foreach (var student in new[] { added, returning })
        {
            var own = (await LearningFixture.ReadAllAsync(student.Client, "/api/enrollments"))[0].Id();
            (await student.Client.DeleteAsync($"/api/enrollments/{own}")).EnsureSuccessStatusCode();
        }
        await api.EnrollAsync(leaving, course);

        using var retried = await SendAsync(owner, course, body, key);
        Assert.Equal(expected, (await retried.JsonAsync()).GetProperty("results").EnumerateArray().Select(Describe));
        Assert.Equal(1, await ActiveAsync(owner, course));
        Assert.Single(await LearningFixture.ReadAllAsync(leaving.Client, "/api/enrollments?status=active"));
        Assert.Empty(await LearningFixture.ReadAllAsync(added.Client, "/api/enrollments?status=active"));
        Assert.Equal((1, 1), (await CountNotificationsAsync(added), await CountNotificationsAsync(returning)));
    }

    [Fact]
    public async Task An_interrupted_batch_is_completed_by_its_retry()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var students = new List<Person>();
        for (var i = 0; i < 40; i++)
            students.Add(await api.CreateUserAsync());
        var (body, key) = (new { enroll = students.Select(Reference).ToArray() }, Guid.NewGuid().ToString());
        using (var interruption = new CancellationTokenSource())
        {
            var sending = SendAsync(owner, course, body, key, interruption.Token);
            while (!sending.IsCompleted && await ActiveAsync(owner, course) == 0)
                await Task.Yield();
            await interruption.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await sending);
        }

        HttpResponseMessage response;
        while ((response = await SendAsync(owner, course, body, key)).StatusCode == HttpStatusCode.Conflict)
            await Task.Delay(20);
        var result = await response.JsonAsync();
        Assert.Equal((40, 0), (result.GetProperty("succeeded").GetInt32(), result.GetProperty("failed").GetInt32()));
        Assert.Equal(40, await ActiveAsync(owner, course));
        foreach (var student in students)
            Assert.Equal(1, await CountNotificationsAsync(student));
    }

    [Fact]
    public async Task Invalid_batches_are_rejected_as_a_whole()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var row = new { email = "a@example.test" };
        await (await SendAsync(owner, course, new { })).AssertProblemAsync(400, "enroll");
        await (await SendAsync(owner, course, new { enroll = Enumerable.Repeat(row, 201) })).AssertProblemAsync(400, "enroll");
        await (await SendAsync(owner, course, new { withdraw = Enumerable.Repeat(row, 201) })).AssertProblemAsync(400, "withdraw");
        await (
            await SendAsync(owner, course, new { enroll = Enumerable.Repeat(row, 101), withdraw = Enumerable.Repeat(row, 100) })
        ).AssertProblemAsync(400, "enroll");
        var other = await api.CreateUserAsync("instructor");
        await (await SendAsync(other, course, new { enroll = new[] { row } })).AssertProblemAsync(403);
        await LearningFixture.PostAsync(owner.Client, $"/api/courses/{course}/archive", null);
        var student = await api.CreateUserAsync();
        var archived = await BatchAsync(owner, course, new { enroll = new[] { Reference(student) } });
        Assert.Equal(["enroll 0 409"], archived.GetProperty("results").EnumerateArray().Select(Describe));
    }

    private static object Reference(Person person) => new { studentId = person.Id.ToString() };

    private static string Describe(JsonElement row)
    {
        var text = $"{row.GetProperty("action").GetString()} {row.GetProperty("index").GetInt32()} {row.GetProperty("status").GetInt32()}";
        return
            row.GetProperty("problem") is { ValueKind: JsonValueKind.Object } problem
            && problem.GetProperty("errors") is { ValueKind: JsonValueKind.Object } errors
            ? $"{text} {string.Join(' ', errors.EnumerateObject().Select(error => error.Name))}"
            : text;
    }

    private static async Task<JsonElement> BatchAsync(Person owner, string course, object body)
    {
        using var response = await SendAsync(owner, course, body);
        Assert.True(response.StatusCode == HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return await response.JsonAsync();
    }

    private static Task<HttpResponseMessage> SendAsync(
        Person owner,
        string course,
        object body,
        string? key = null,
        CancellationToken cancellationToken = default
    )
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/courses/{course}/enrollments/batch")
        {
            Content = JsonContent.Create(body),
        };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return owner.Client.SendAsync(request, cancellationToken);
    }

    private static async Task<int> ActiveAsync(Person owner, string course) =>
        (await owner.Client.GetFromJsonAsync<JsonElement>($"/api/courses/{course}")).GetProperty("activeEnrollments").GetInt32();

    private Task<long> CountNotificationsAsync(Person student) =>
        api
            .Host.Database.GetCollection<BsonDocument>(NotificationEntity.Collection)
            .CountDocumentsAsync(new BsonDocument { { "userId", student.Id }, { "kind", "enrollment" } });

    /// <summary>Removes the stored response and the claim of a key.</summary>
    private async Task LoseResponseAsync(string key)
    {
        var changed = await api
            .Host.Database.GetCollection<BsonDocument>(CollectionNames.IdempotencyKeys)
            .UpdateOneAsync(
                new BsonDocument("_id", new BsonRegularExpression($"{key}$")),
                new BsonDocument
                {
                    { "$unset", new BsonDocument("answer", "") },
                    { "$set", new BsonDocument("heldUntil", DateTime.UnixEpoch) },
                }
            );
        Assert.Equal(1, changed.ModifiedCount);
    }
}
