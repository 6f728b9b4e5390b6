using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.ApiService.Tests.Courses;
using MovieLms.Data.Idempotency;

namespace MovieLms.ApiService.Tests.Http;

/// <summary>Retries with an <c>Idempotency-Key</c>.</summary>
public sealed class IdempotencyTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    [Fact]
    public async Task A_repeat_returns_the_first_response_and_changes_nothing()
    {
        using var student = api.Student();
        using var first = await SendAsync(student, "/api/todos", "once", new { title = "Cut the trailer" });
        using var second = await SendAsync(student, "/api/todos", "once", new { title = "Cut the trailer" });
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.StatusCode, second.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.Equal(first.Headers.ETag, second.Headers.ETag);
        Assert.True(second.Headers.CacheControl?.NoStore);
        Assert.Equal(1, await CountTodosAsync(student));
    }

    [Fact]
    public async Task Concurrent_repeats_take_effect_once()
    {
        using var student = api.Student();
        var responses = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => SendAsync(student, "/api/todos", "parallel", new { title = "Once" }))
        );
        Assert.All(responses, response => Assert.True(response.StatusCode is HttpStatusCode.Created or HttpStatusCode.Conflict));
        Assert.Equal(1, await CountTodosAsync(student));
    }

    [Fact]
    public async Task A_repeat_after_a_lost_connection_returns_the_response_of_the_first_request()
    {
        using var student = api.Student();
        for (var i = 0; i < 20; i++)
        {
            var path = $"/api/movies/{(await api.AddMovieAsync(new { title = $"Lost connection {i}" })).Id()}/reviews";
            await SendAndDisconnectAsync(student, path, $"lost-{i}", """{"rating":7}""");
            using var repeat = await RepeatAsync(() => SendAsync(student, path, $"lost-{i}", new { rating = 7 }));
            Assert.Equal(HttpStatusCode.Created, repeat.StatusCode);
            Assert.Equal(7, (await repeat.JsonAsync()).GetProperty("rating").GetInt32());
        }
    }

    [Fact]
    public async Task A_key_belongs_to_one_user_and_one_path()
    {
        using var first = api.Instructor();
        using var second = api.Instructor();
        foreach (var client in new[] { first, second })
        {
            using var todo = await SendAsync(client, "/api/todos", "shared", new { title = "Mine" });
            Assert.Equal(HttpStatusCode.Created, todo.StatusCode);
            Assert.Equal(1, await CountTodosAsync(client));
        }
        using var course = await SendAsync(first, "/api/courses", "shared", new { title = "Mine" });
        Assert.Equal(HttpStatusCode.Created, course.StatusCode);
        Assert.Equal("Mine", (await course.JsonAsync()).GetProperty("title").GetString());
    }

    [Fact]
    public async Task Another_body_is_422()
    {
        using var student = api.Student();
        using var first = await SendAsync(student, "/api/todos", "body", new { title = "First" });
        using var second = await SendAsync(student, "/api/todos", "body", new { title = "Second" });
        await second.AssertProblemAsync(422);
        Assert.Equal(1, await CountTodosAsync(student));
    }

    [Fact]
    public async Task A_repeat_while_the_first_runs_is_409()
    {
        var id = ObjectId.GenerateNewId();
        using var student = api.Student(id);
        var store = api.Host.App.Services.GetRequiredService<IdempotencyStore>();
        var running = await store.BeginAsync($"{id}:POST /api/todos:running", TestContext.Current.CancellationToken);
        using (var early = await SendAsync(student, "/api/todos", "running", new { title = "Soon" }))
            await early.AssertProblemAsync(409);
        Assert.Equal(0, await CountTodosAsync(student));
        await store.ReleaseAsync(running, TestContext.Current.CancellationToken);
        using var later = await SendAsync(student, "/api/todos", "running", new { title = "Soon" });
        Assert.Equal(HttpStatusCode.Created, later.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("256")]
    public async Task A_malformed_key_is_400_and_changes_nothing(string key)
    {
        using var student = api.Student();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/todos") { Content = JsonContent.Create(new { title = "Never" }) };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key == "256" ? new string('k', 256) : key);
        using var response = await student.SendAsync(request);
        await response.AssertProblemAsync(400, "Idempotency-Key");
        Assert.Equal(0, await CountTodosAsync(student));
    }

    [Fact]
    public async Task A_rejected_request_can_be_corrected_under_the_same_key()
    {
        using var student = api.Student();
        using (var rejected = await SendAsync(student, "/api/todos", "corrected", new { title = " " }))
            await rejected.AssertProblemAsync(400, "title");
        using (var malformed = await SendAsync(student, "/api/todos", "corrected", new { title = 1 }))
            await malformed.AssertProblemAsync(400, "title");
        using var corrected = await SendAsync(student, "/api/todos", "corrected", new { title = "Right" });
        Assert.Equal(HttpStatusCode.Created, corrected.StatusCode);
    }

    [Fact]
    public async Task A_post_without_a_body_returns_its_first_response_even_if_the_resource_has_changed()
    {
        var (course, owner) = await api.CreateCourseAsync();
        using var archived = await SendAsync(owner.Client, $"/api/courses/{course}/archive", "archive", null);
        Assert.True(archived.IsSuccessStatusCode, await archived.Content.ReadAsStringAsync());
        using var restored = await SendAsync(owner.Client, $"/api/courses/{course}/restore", "restore", null);
        Assert.True(restored.IsSuccessStatusCode);
        using var repeated = await SendAsync(owner.Client, $"/api/courses/{course}/archive", "archive", null);
        Assert.Equal(archived.StatusCode, repeated.StatusCode);
        Assert.Equal(await archived.Content.ReadAsStringAsync(), await repeated.Content.ReadAsStringAsync());
        var read = await owner.Client.GetFromJsonAsync<JsonElement>($"/api/courses/{course}");
        Assert.Equal(JsonValueKind.Null, read.GetProperty("archivedAt").ValueKind);
    }

    [Fact]
    public async Task A_problem_without_a_body_of_its_own_still_has_one()
    {
        using var student = api.Student();
        using var response = await SendAsync(student, "/api/courses", "forbidden", new { title = "Not mine" });
        await response.AssertProblemAsync(403);
        // The user does not exist, so the handler responds with an empty 401.
        using var unknown = await SendAsync(
            student,
            "/api/auth/change-password",
            "unknown",
            new { currentPassword = "a", newPassword = "b" }
        );
        await unknown.AssertProblemAsync(401);
    }

    /// <summary>The process died between its write and the storing of its response, and its lease has expired.</summary>
    [Theory]
    [InlineData("/api/todos")]
    [InlineData("/api/courses")]
    [InlineData("/api/movies")]
    [InlineData("/api/courses/{course}/lectures")]
    [InlineData("/api/courses/{course}/assignments")]
    public async Task A_retry_after_a_crash_returns_the_document_of_the_first_attempt(string path)
    {
        var (course, owner) = await api.CreateCourseAsync();
        path = path.Replace("{course}", course, StringComparison.Ordinal);
        var body = new { title = $"Crash {Guid.NewGuid():N}" };
        using var first = await SendAsync(owner.Client, path, "crashed", body);
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        var updated = await Keys.UpdateOneAsync(
            new BsonDocument("_id", $"{owner.Id}:POST {path}:crashed"),
            new BsonDocument
            {
                { "$unset", new BsonDocument("answer", "") },
                { "$set", new BsonDocument("heldUntil", new BsonDateTime(0)) },
            },
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal(1, updated.ModifiedCount);
        using var retry = await SendAsync(owner.Client, path, "crashed", body);
        Assert.Equal(HttpStatusCode.Created, retry.StatusCode);
        Assert.Equal((await first.JsonAsync()).Id(), (await retry.JsonAsync()).Id());
        if (path.EndsWith("lectures", StringComparison.Ordinal))
            Assert.Single(await LearningFixture.ReadAllAsync(owner.Client, path));
    }

    private IMongoCollection<BsonDocument> Keys => api.Host.Database.GetCollection<BsonDocument>("idempotencyKeys");

    internal static Task<HttpResponseMessage> SendAsync(HttpClient client, string path, string key, object? body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return client.SendAsync(request);
    }

    private async Task SendAndDisconnectAsync(HttpClient client, string path, string key, string body)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(api.Host.Address.Host, api.Host.Address.Port);
        var request =
            $"POST {path} HTTP/1.1\r\nHost: {api.Host.Address.Authority}\r\nAuthorization: {client.DefaultRequestHeaders.Authorization}\r\n"
            + $"Idempotency-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        socket.Client.Close(timeout: 0);
    }

    /// <summary>Repeats a request as long as the first one is running.</summary>
    private static async Task<HttpResponseMessage> RepeatAsync(Func<Task<HttpResponseMessage>> send)
    {
        while (true)
        {
            var response = await send();
            if (response.StatusCode != HttpStatusCode.Conflict || response.Headers.RetryAfter is null)
                return response;
            response.Dispose();
            await Task.Delay(50);
        }
    }

    private static async Task<int> CountTodosAsync(HttpClient client) =>
        (await client.GetFromJsonAsync<JsonElement>("/api/todos")).GetProperty("items").GetArrayLength();
}
