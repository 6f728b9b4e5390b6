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
    public async Task Pages_contain_every_todo_once_in_order(string sort)
    {
        using var student = await CreateStudentAsync();
        var todos = await ReadAllAsync(student, $"sort={sort}&limit=4");
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
        using var student = await CreateStudentAsync();
        foreach (var sort in new[] { "-createdAt", "dueDate", "-priority" })
            Assert.Equal(count, (await ReadAllAsync(student, $"{query}&sort={sort}&limit=3")).Count);
    }

    [Fact]
    public async Task A_search_finds_words_of_titles_and_descriptions_in_every_order()
    {
        using var student = await CreateStudentAsync();
        var added = new { title = "Call the Café", description = "About the projector" };
        using var created = await student.PostAsJsonAsync("/api/todos", added);
        foreach (var (text, count) in new[] { ("cafe", 1), ("CALL projec", 1), ("do 1", 7), ("jector", 0), ("call never", 0), ("!?", 0) })
        {
            foreach (var sort in new[] { "-createdAt", "dueDate", "-priority" })
                Assert.Equal(count, (await ReadAllAsync(student, $"search={Uri.EscapeDataString(text)}&sort={sort}&limit=3")).Count);
        }
        using var changed = await student.PatchAsJsonAsync(
            created.Headers.Location,
            new { title = "Write to them", description = "By mail" }
        );
        Assert.Empty(await ReadAllAsync(student, "search=projector&limit=3"));
        Assert.Single(await ReadAllAsync(student, "search=write%20mail&limit=3"));
    }

    [Theory]
    [InlineData("sort=title", "sort")]
    [InlineData("priority=urgent", "priority")]
    [InlineData("done=maybe", "done")]
    [InlineData("dueFrom=soon", "dueFrom")]
    [InlineData("dueFrom=2031-01-01&dueTo=2030-01-01", "dueTo")]
    [InlineData("limit=0", "limit")]
    [InlineData("cursor=made-up", "cursor")]
    public async Task Invalid_parameters_return_400_with_their_names(string query, string field)
    {
        using var student = api.Student();
        using var response = await student.GetAsync($"/api/todos?{query}");
        await response.AssertProblemAsync(400, field);
    }

    [Fact]
    public async Task The_second_read_is_a_cache_hit_until_the_owner_writes()
    {
        using var student = await CreateStudentAsync();
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
        using var response = await client.GetAsync("/api/todos?sort=dueDate&done=false");
        Assert.True(response.Headers.CacheControl?.NoStore);
        return response.Headers.GetValues("X-Cache").Single();
    }

    /// <summary>Creates a student with 15 to-dos: every third is done, every fifth has no due date, and the priorities vary.</summary>
    private async Task<HttpClient> CreateStudentAsync()
    {
        var student = api.Student();
        for (var i = 1; i <= 15; i++)
        {
            using var response = await student.PostAsJsonAsync(
                "/api/todos",
                new
                {
                    title = $"To-do {i}",
                    done = i % 3 == 0,
                    dueDate = i % 5 == 0 ? null : $"2030-01-{i:00}T00:00:00Z",
                    priority = new[] { "low", "medium", "high" }[i / 2 % 3],
                }
            );
            Assert.True(response.IsSuccessStatusCode);
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

    private static async Task<List<JsonElement>> ReadAllAsync(HttpClient client, string query)
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
