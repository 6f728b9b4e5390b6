using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.ApiService.Tests.Todos;

public sealed class TodoEndpointTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task A_new_todo_has_defaults_and_an_etag()
    {
        using var student = api.Student();
        using var created = await student.PostAsJsonAsync(
            "/api/todos",
            new { title = "  Read the script ", dueDate = "2030-05-01T10:00:00+02:00" }
        );
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var todo = await created.JsonAsync();
        Assert.Equal($"/api/todos/{todo.Id()}", created.Headers.Location?.ToString());
        Assert.Equal("Read the script", todo.GetProperty("title").GetString());
        Assert.Equal("medium", todo.GetProperty("priority").GetString());
        Assert.False(todo.GetProperty("done").GetBoolean());
        Assert.Equal(new DateTimeOffset(2030, 5, 1, 8, 0, 0, TimeSpan.Zero), todo.GetProperty("dueDate").GetDateTimeOffset());
        using var read = await student.GetAsync($"/api/todos/{todo.Id()}");
        Assert.Equal(created.Headers.ETag, read.Headers.ETag);
        Assert.Equal(todo.GetRawText(), (await read.JsonAsync()).GetRawText());
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/todos/{todo.Id()}");
        request.Headers.IfNoneMatch.Add(read.Headers.ETag!);
        using var known = await student.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
    }

    [Theory]
    [InlineData("""{}""", "title")]
    [InlineData("""{"title":"   "}""", "title")]
    [InlineData("""{"title":"a","priority":"urgent"}""", "priority")]
    [InlineData("""{"title":"a","priority":1}""", "priority")]
    [InlineData("""{"title":"a","dueDate":"tomorrow"}""", "dueDate")]
    [InlineData("""{"title":"a","done":"yes"}""", "done")]
    public async Task An_invalid_member_returns_400_with_its_name(string body, string field)
    {
        using var student = api.Student();
        using var response = await student.PostAsync("/api/todos", new StringContent(body, null, "application/json"));
        await response.AssertProblemAsync(400, field);
    }

    [Fact]
    public async Task A_patch_keeps_absent_members_and_null_removes_optional_ones()
    {
        using var student = api.Student();
        var id = await AddAsync(
            student,
            new
            {
                title = "Edit",
                description = "the trailer",
                dueDate = "2030-01-01T00:00:00Z",
                priority = "high",
            }
        );
        using var done = await student.PatchAsJsonAsync($"/api/todos/{id}", new { done = true });
        var todo = await done.JsonAsync();
        Assert.Equal(
            ("Edit", "the trailer", "high", true),
            (Text(todo, "title"), Text(todo, "description"), Text(todo, "priority"), todo.GetProperty("done").GetBoolean())
        );
        using var emptied = await student.PatchAsync(
            $"/api/todos/{id}",
            new StringContent("""{"description":null,"dueDate":null}""", null, "application/json")
        );
        todo = await emptied.JsonAsync();
        Assert.Equal(
            (JsonValueKind.Null, JsonValueKind.Null),
            (todo.GetProperty("description").ValueKind, todo.GetProperty("dueDate").ValueKind)
        );
        foreach (var member in new[] { "title", "priority", "done" })
        {
            using var rejected = await student.PatchAsync(
                $"/api/todos/{id}",
                new StringContent($$"""{"{{member}}":null}""", null, "application/json")
            );
            await rejected.AssertProblemAsync(400, member);
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"title":"Edit","dueDate":"2030-01-01T01:00:00+01:00","done":false}""")]
    public async Task A_patch_that_changes_nothing_keeps_the_version(string body)
    {
        using var student = api.Student();
        var id = await AddAsync(student, new { title = "Edit", dueDate = "2030-01-01T00:00:00Z" });
        var before = await student.GetStringAsync($"/api/todos/{id}");
        using var response = await student.PatchAsync($"/api/todos/{id}", new StringContent(body, null, "application/json"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.StartsWith("\"1-", response.Headers.ETag?.Tag);
        Assert.Equal(before, await response.Content.ReadAsStringAsync());
        using var stale = new HttpRequestMessage(HttpMethod.Patch, $"/api/todos/{id}")
        {
            Content = new StringContent(body, null, "application/json"),
        };
        stale.Headers.TryAddWithoutValidation("If-Match", "\"7\"");
        await (await student.SendAsync(stale)).AssertProblemAsync(412);
    }

    [Fact]
    public async Task A_put_replaces_all_members_and_changes_the_order()
    {
        using var student = api.Student();
        var late = await AddAsync(student, new { title = "Late", dueDate = "2031-01-01T00:00:00Z" });
        await AddAsync(student, new { title = "Soon", dueDate = "2030-01-01T00:00:00Z" });
        using var response = await student.PutAsJsonAsync(
            $"/api/todos/{late}",
            new
            {
                title = "First",
                dueDate = "2029-01-01T00:00:00Z",
                priority = "low",
            }
        );
        Assert.StartsWith("\"2-", response.Headers.ETag?.Tag);
        Assert.Equal(["First", "Soon"], await TitlesAsync(student, "sort=dueDate"));
    }

    [Fact]
    public async Task A_deleted_todo_is_neither_found_nor_listed()
    {
        using var student = api.Student();
        var id = await AddAsync(student, new { title = "Gone" });
        Assert.Equal(HttpStatusCode.NoContent, (await student.DeleteAsync($"/api/todos/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await student.GetAsync($"/api/todos/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await student.DeleteAsync($"/api/todos/{id}")).StatusCode);
        Assert.Empty(await TitlesAsync(student, ""));
    }

    [Theory]
    [InlineData(Roles.Student)]
    [InlineData(Roles.Admin)]
    public async Task Other_users_cannot_detect_that_a_todo_exists(string role)
    {
        using var owner = api.Student();
        var id = await AddAsync(owner, new { title = "Mine" });
        using var other = api.As(role);
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync($"/api/todos/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await other.PutAsJsonAsync($"/api/todos/{id}", new { title = "x" })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await other.PatchAsJsonAsync($"/api/todos/{id}", new { done = true })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await other.DeleteAsync($"/api/todos/{id}")).StatusCode);
        Assert.Empty(await TitlesAsync(other, ""));
        Assert.Equal(["Mine"], await TitlesAsync(owner, ""));
    }

    [Fact]
    public async Task Of_fifty_concurrent_edits_with_the_same_etag_exactly_one_succeeds()
    {
        using var student = api.Student();
        var id = await AddAsync(student, new { title = "Contested" });
        for (var round = 1; round <= 3; round++)
        {
            var version = round;
            var responses = await Task.WhenAll(
                Enumerable
                    .Range(0, 50)
                    .Select(async i =>
                    {
                        using var request = new HttpRequestMessage(HttpMethod.Patch, $"/api/todos/{id}")
                        {
                            Content = JsonContent.Create(new { title = $"{version}:{i}" }),
                        };
                        request.Headers.TryAddWithoutValidation("If-Match", $"\"{version}\"");
                        using var response = await student.SendAsync(request);
                        var title = response.IsSuccessStatusCode ? Text(await response.JsonAsync(), "title") : null;
                        return (response.StatusCode, Title: title);
                    })
            );
            var won = Assert.Single(responses, response => response.StatusCode == HttpStatusCode.OK);
            Assert.Equal(49, responses.Count(response => response.StatusCode == HttpStatusCode.PreconditionFailed));
            Assert.Equal(won.Title, Text(await student.GetFromJsonAsync<JsonElement>($"/api/todos/{id}"), "title"));
        }
    }

    [Fact]
    public async Task A_stale_delete_returns_412_and_deletes_nothing()
    {
        using var student = api.Student();
        var id = await AddAsync(student, new { title = "Kept" });
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"/api/todos/{id}");
        request.Headers.TryAddWithoutValidation("If-Match", "\"7\"");
        using var response = await student.SendAsync(request);
        await response.AssertProblemAsync(412);
        Assert.Equal(["Kept"], await TitlesAsync(student, ""));
    }

    private static string? Text(JsonElement todo, string name) => todo.GetProperty(name).GetString();

    private static async Task<string> AddAsync(HttpClient client, object todo)
    {
        using var response = await client.PostAsJsonAsync("/api/todos", todo);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return (await response.JsonAsync()).Id();
    }

    private static async Task<List<string?>> TitlesAsync(HttpClient client, string query)
    {
        var page = await client.GetFromJsonAsync<JsonElement>($"/api/todos?{query}");
        return [.. page.GetProperty("items").EnumerateArray().Select(todo => Text(todo, "title"))];
    }
}
