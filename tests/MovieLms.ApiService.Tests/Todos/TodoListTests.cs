using System.Net.Http.Json;
using System.Text.Json;

namespace MovieLms.ApiService.Tests.Todos;

public sealed class TodoListTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Theory]
    [InlineData("createdAt")]
    [InlineData("-createdAt")]
    [InlineData("dueDate")]
    [InlineData("-dueDate")]
    [InlineData("priority")]
    [InlineData("-priority")]
    public async Task Pages_give_every_todo_once_in_order(string sort)
    {
        using var student = await FilledAsync();
        var todos = await WalkAsync(student, $"sort={sort}&limit=4");
        Assert.Equal(15, todos.Select(todo => todo.Id()).Distinct().Count());
        var keys = todos.Select(todo => Key(todo, sort.TrimStart('-'))).ToList();
        Assert.Equal(sort[0] == '-' ? keys.OrderDescending(StringComparer.Ordinal) : keys.Order(StringComparer.Ordinal), keys);
    }

    [Theory]
    [InlineData("done=true", 5)]
    [InlineData("done=false", 10)]
    [InlineData("priority=high", 4)]
    [InlineData("priority=high&done=false", 4)]
    [InlineData("dueFrom=2030-01-05T00:00:00Z", 8)]
    [InlineData("dueTo=2030-01-05T00:00:00Z", 4)]
    [InlineData("dueFrom=2030-01-03&dueTo=2030-01-09", 6)]
    [InlineData("dueFrom=9999-12-31", 0)]
    public async Task Filters_narrow_the_list_in_every_order(string query, int count)
    {
        using var student = await FilledAsync();
        foreach (var sort in new[] { "-createdAt", "dueDate", "-priority" })
            Assert.Equal(count, (await WalkAsync(student, $"{query}&sort={sort}&limit=3")).Count);
    }

    [Theory]
    [InlineData("sort=title", "sort")]
    [InlineData("priority=urgent", "priority")]
    [InlineData("done=maybe", "done")]
    [InlineData("dueFrom=soon", "dueFrom")]
    [InlineData("dueFrom=2031-01-01&dueTo=2030-01-01", "dueTo")]
    [InlineData("limit=0", "limit")]
    [InlineData("cursor=made-up", "cursor")]
    public async Task Bad_parameters_return_400_that_names_them(string query, string field)
    {
        using var student = api.Student();
        using var answer = await student.GetAsync($"/api/todos?{query}");
        await answer.AssertProblemAsync(400, field);
    }

    [Fact]
    public async Task The_second_read_is_a_hit_until_its_owner_writes()
    {
        using var student = await FilledAsync();
        using var other = api.Student();
        Assert.Equal("MISS", await CacheAsync(student));
        Assert.Equal("HIT", await CacheAsync(student));
        Assert.Equal("MISS", await CacheAsync(other));
        using var added = await other.PostAsJsonAsync("/api/todos", new { title = "Another's" });
        Assert.Equal("HIT", await CacheAsync(student));
        using var own = await student.PostAsJsonAsync("/api/todos", new { title = "Own" });
        Assert.Equal("MISS", await CacheAsync(student));
        using var changed = await student.PatchAsJsonAsync(own.Headers.Location, new { done = true });
        Assert.Equal("MISS", await CacheAsync(student));
        using var deleted = await student.DeleteAsync(own.Headers.Location);
        Assert.Equal("MISS", await CacheAsync(student));
        Assert.Equal("HIT", await CacheAsync(student));
    }

    private static async Task<string> CacheAsync(HttpClient client)
    {
        using var answer = await client.GetAsync("/api/todos?sort=dueDate&done=false");
        Assert.True(answer.Headers.CacheControl?.NoStore);
        return answer.Headers.GetValues("X-Cache").Single();
    }

    /// <summary>A student with 15 to-dos: every third done, a fifth without a due date, priorities in turn.</summary>
    private async Task<HttpClient> FilledAsync()
    {
        var student = api.Student();
        for (var i = 1; i <= 15; i++)
        {
            using var answer = await student.PostAsJsonAsync(
                "/api/todos",
                new
                {
                    title = $"To-do {i}",
                    done = i % 3 == 0,
                    dueDate = i % 5 == 0 ? null : $"2030-01-{i:00}T00:00:00Z",
                    priority = new[] { "low", "medium", "high" }[i / 2 % 3],
                }
            );
            Assert.True(answer.IsSuccessStatusCode);
        }
        return student;
    }

    private static string Key(JsonElement todo, string sort) =>
        sort switch
        {
            "createdAt" => todo.Id(),
            "dueDate" => todo.GetProperty("dueDate").GetString() ?? "9999",
            _ => todo.GetProperty("priority").GetString() switch
            {
                "low" => "0",
                "medium" => "1",
                _ => "2",
            },
        };

    private static async Task<List<JsonElement>> WalkAsync(HttpClient client, string query)
    {
        var todos = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var page = await client.GetFromJsonAsync<JsonElement>($"/api/todos?{query}&cursor={cursor}");
            todos.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("nextCursor").GetString();
        } while (cursor is not null);
        return todos;
    }
}
