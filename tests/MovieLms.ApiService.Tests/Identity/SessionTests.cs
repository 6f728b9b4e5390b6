using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

public sealed class SessionTests(IdentityHost fixture) : IClassFixture<IdentityHost>
{
    private readonly ServiceHost _host = fixture.Host;

    [Fact]
    public async Task A_session_can_be_listed_and_ended()
    {
        var here = await _host.SignInStudentAsync();
        var there = await _host.LogInAsync(here.Email, here.Password);
        var sessions = await ListAsync(here);
        Assert.Equal(2, sessions.Length);
        var other = Assert.Single(sessions, session => !session.GetProperty("current").GetBoolean());
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await here.Client.DeleteAsync($"/api/auth/sessions/{other.GetProperty("id").GetString()}")).StatusCode
        );
        Assert.Equal(HttpStatusCode.Unauthorized, (await there.Client.GetAsync("/api/auth/me")).StatusCode);
        Assert.Single(await ListAsync(here));
    }

    [Fact]
    public async Task All_other_sessions_can_be_ended_at_once()
    {
        var here = await _host.SignInStudentAsync();
        var others = new List<TestUser>();
        for (var i = 0; i < 3; i++)
            others.Add(await _host.LogInAsync(here.Email, here.Password));
        Assert.Equal(HttpStatusCode.NoContent, (await here.Client.DeleteAsync("/api/auth/sessions")).StatusCode);
        foreach (var other in others)
            Assert.Equal(HttpStatusCode.Unauthorized, (await other.Client.GetAsync("/api/auth/me")).StatusCode);
        (await here.Client.GetAsync("/api/auth/me")).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task Ending_all_other_sessions_is_not_limited_to_one_batch()
    {
        var here = await _host.SignInStudentAsync();
        var others = new List<TestUser>();
        for (var i = 0; i < 113; i++)
            others.Add(await _host.LogInAsync(here.Email, here.Password));
        Assert.Equal(HttpStatusCode.NoContent, (await here.Client.DeleteAsync("/api/auth/sessions")).StatusCode);
        foreach (var other in others)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await other.Client.GetAsync("/api/auth/me")).StatusCode);
            using var refreshed = await _host.Client.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = other.RefreshToken });
            Assert.Equal(HttpStatusCode.Unauthorized, refreshed.StatusCode);
        }
        Assert.Single(await ListAsync(here));
    }

    [Fact]
    public async Task Another_user_cannot_end_a_session()
    {
        var (mine, theirs) = (await _host.SignInStudentAsync(), await _host.SignInStudentAsync());
        var id = (await ListAsync(theirs)).Single().GetProperty("id").GetString();
        Assert.Equal(HttpStatusCode.NotFound, (await mine.Client.DeleteAsync($"/api/auth/sessions/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await mine.Client.DeleteAsync("/api/auth/sessions/not-an-id")).StatusCode);
        (await theirs.Client.GetAsync("/api/auth/me")).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task An_administrator_ends_all_sessions_of_a_user()
    {
        var (first, admin) = (await _host.SignInStudentAsync(), await _host.SignInAdminAsync());
        var second = await _host.LogInAsync(first.Email, first.Password);
        Assert.Equal(HttpStatusCode.Forbidden, (await first.Client.DeleteAsync($"/api/users/{first.Id}/sessions")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.Client.DeleteAsync("/api/users/0123456789abcdef01234567/sessions")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await admin.Client.DeleteAsync($"/api/users/{first.Id}/sessions")).StatusCode);
        foreach (var user in new[] { first, second })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await user.Client.GetAsync("/api/auth/me")).StatusCode);
            using var refreshed = await _host.Client.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = user.RefreshToken });
            Assert.Equal(HttpStatusCode.Unauthorized, refreshed.StatusCode);
        }
        Assert.Single(await ListAsync(await _host.LogInAsync(first.Email, first.Password)));
    }

    private static async Task<JsonElement[]> ListAsync(TestUser user) =>
        [.. (await user.Client.GetFromJsonAsync<JsonElement>("/api/auth/sessions")).EnumerateArray()];
}
