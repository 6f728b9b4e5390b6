using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.ApiService.Tests.Courses;

namespace MovieLms.ApiService.Tests.Todos;

public sealed class TodoRestoreTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task A_deleted_to_do_is_listed_on_request_and_restored_as_it_was()
    {
        using var owner = api.Student();
        var kept = (await LearningFixture.PostAsync(owner, "/api/todos", new { title = "Kept" })).Id();
        var body = new
        {
            title = "Cut",
            description = "Scene 4",
            dueDate = "2030-01-02T03:04:05Z",
            priority = "high",
        };
        var todo = await LearningFixture.PostAsync(owner, "/api/todos", body);
        Assert.Equal([todo.Id(), kept], await IdsAsync(owner, ""));
        Assert.Empty(await IdsAsync(owner, "?deleted=true"));
        (await owner.DeleteAsync($"/api/todos/{todo.Id()}")).EnsureSuccessStatusCode();
        Assert.Equal([kept], await IdsAsync(owner, ""));
        var deleted = Assert.Single(await LearningFixture.ReadAllAsync(owner, "/api/todos?deleted=true&priority=high&sort=dueDate"));
        Assert.Equal(todo.Id(), deleted.Id());
        Assert.NotNull(deleted.GetProperty("deletedAt").GetString());
        Assert.Empty(await IdsAsync(owner, "?deleted=true&done=true"));
        await (await owner.PatchAsJsonAsync($"/api/todos/{todo.Id()}", new { done = true })).AssertProblemAsync(404);

        using var response = await owner.PostAsync($"/api/todos/{todo.Id()}/restore", null);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.StartsWith("\"3-", response.Headers.ETag?.Tag);
        var restored = await response.JsonAsync();
        foreach (var member in new[] { "title", "description", "dueDate", "priority", "createdAt", "deletedAt" })
            Assert.Equal(todo.GetProperty(member).ToString(), restored.GetProperty(member).ToString());
        Assert.Equal([todo.Id(), kept], await IdsAsync(owner, ""));
        Assert.Empty(await IdsAsync(owner, "?deleted=true"));

        // A repeated request changes nothing.
        using var repeated = await owner.PostAsync($"/api/todos/{todo.Id()}/restore", null);
        Assert.Equal((HttpStatusCode.OK, response.Headers.ETag), (repeated.StatusCode, repeated.Headers.ETag));
    }

    [Fact]
    public async Task Only_the_owner_can_restore_and_list_a_deleted_to_do()
    {
        using var owner = api.Student();
        using var other = api.Student();
        using var admin = api.Admin();
        var todo = (await LearningFixture.PostAsync(owner, "/api/todos", new { title = "Mine" })).Id();
        (await owner.DeleteAsync($"/api/todos/{todo}")).EnsureSuccessStatusCode();
        foreach (var client in new[] { other, admin })
        {
            await (await client.PostAsync($"/api/todos/{todo}/restore", null)).AssertProblemAsync(404);
            Assert.Empty(await IdsAsync(client, "?deleted=true"));
        }
        Assert.Equal([todo], await IdsAsync(owner, "?deleted=true"));
        await (await owner.PostAsync("/api/todos/x/restore", null)).AssertProblemAsync(404);
    }

    private static async Task<IEnumerable<string>> IdsAsync(HttpClient client, string query) =>
        (await LearningFixture.ReadAllAsync(client, $"/api/todos{query}")).Select((JsonElement todo) => todo.Id());
}
