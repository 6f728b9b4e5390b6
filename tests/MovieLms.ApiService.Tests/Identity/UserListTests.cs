using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.ApiService.Tests.Courses;

namespace MovieLms.ApiService.Tests.Identity;

public sealed class UserListTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    [Fact]
    public async Task The_location_of_an_invited_user_returns_the_user_with_an_etag()
    {
        using var admin = api.Admin();
        using var invited = await admin.PostAsJsonAsync(
            "/api/users",
            new { username = "Ines Invited", email = $"{Guid.NewGuid():N}@example.test" }
        );
        using var user = await admin.GetAsync(invited.Headers.Location);
        Assert.Equal(HttpStatusCode.OK, user.StatusCode);
        Assert.Equal("Ines Invited", (await user.JsonAsync()).GetProperty("username").GetString());
        using var again = new HttpRequestMessage(HttpMethod.Get, invited.Headers.Location)
        {
            Headers = { IfNoneMatch = { user.Headers.ETag! } },
        };
        Assert.Equal(HttpStatusCode.NotModified, (await admin.SendAsync(again)).StatusCode);
        await (await admin.GetAsync("/api/users/000000000000000000000000")).AssertProblemAsync(404);
        await (await admin.GetAsync("/api/users/nobody")).AssertProblemAsync(404);
    }

    [Fact]
    public async Task Users_are_found_by_prefixes_of_their_names_in_any_case_and_without_accents()
    {
        var unique = $"{Guid.NewGuid():N}";
        var (student, teacher) = (
            await api.CreateUserAsync(name: $"Zoë Zürn{unique}"),
            await api.CreateUserAsync("instructor", name: $"Jean Zurn{unique}")
        );
        using var admin = api.Admin();
        Assert.Equal([student.Id.ToString()], await SearchAsync($"ZOE zurn{unique}"));
        Assert.Equal([teacher.Id.ToString(), student.Id.ToString()], await SearchAsync($"zürn{unique[..30]}"));
        Assert.Equal([teacher.Id.ToString()], await SearchAsync($"zurn{unique}&role=instructor"));
        Assert.Empty(await SearchAsync($"urn{unique}"));
        Assert.Empty(await SearchAsync("---"));

        async Task<IEnumerable<string>> SearchAsync(string search) =>
            (await LearningFixture.ReadAllAsync(admin, $"/api/users?search={search}")).Select(user => user.Id());
    }

    [Fact]
    public async Task Users_are_found_by_the_beginning_of_their_address_in_the_order_of_addresses()
    {
        var unique = $"{Guid.NewGuid():N}";
        using var admin = api.Admin();
        foreach (var domain in new[] { "c", "a", "b" })
        {
            using var invited = await admin.PostAsJsonAsync("/api/users", new { username = "Some One", email = $"{unique}@{domain}.test" });
            invited.EnsureSuccessStatusCode();
        }
        var found = await LearningFixture.ReadAllAsync(admin, $"/api/users?search={unique.ToUpperInvariant()}%40");
        Assert.Equal(
            new[] { "a", "b", "c" }.Select(domain => $"{unique}@{domain}.test"),
            found.Select(user => user.GetProperty("email").GetString())
        );
        Assert.Equal(
            $"{unique}@b.test",
            Assert.Single(await LearningFixture.ReadAllAsync(admin, $"/api/users?search={unique}%40b")).GetProperty("email").GetString()
        );
    }

    [Fact]
    public async Task A_search_is_bounded_and_its_cursor_belongs_to_its_order()
    {
        using var admin = api.Admin();
        await (await admin.GetAsync($"/api/users?search={new string('x', 201)}")).AssertProblemAsync(400, "search");
        for (var i = 0; i < 2; i++)
            await api.CreateUserAsync();
        var page = await admin.GetFromJsonAsync<JsonElement>("/api/users?limit=1");
        var cursor = page.GetProperty("nextCursor").GetString();
        await (await admin.GetAsync($"/api/users?search=a%40&cursor={cursor}")).AssertProblemAsync(400, "cursor");
    }
}
