using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

public sealed class UserAdministrationTests(IdentityHost fixture) : IClassFixture<IdentityHost>
{
    private readonly ServiceHost _host = fixture.Host;

    [Fact]
    public async Task Only_admins_can_manage_users_and_denials_are_audited()
    {
        var (student, admin) = (await _host.SignInStudentAsync(), await _host.SignInAdminAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, (await _host.Client.GetAsync("/api/users")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await student.Client.GetAsync("/api/users")).StatusCode);
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await student.Client.PatchAsJsonAsync($"/api/users/{student.Id}/role", new { role = "admin" })).StatusCode
        );
        var denials = await admin.Client.GetFromJsonAsync<JsonElement>($"/api/audit?action=denied&userId={student.Id}");
        Assert.Equal(2, denials.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task A_role_change_ends_the_sessions_and_is_audited()
    {
        var (student, admin) = (await _host.SignInStudentAsync(), await _host.SignInAdminAsync());
        var changed = await admin.Client.PatchAsJsonAsync($"/api/users/{student.Id}/role", new { role = "instructor" });
        changed.EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.Unauthorized, (await student.Client.GetAsync("/api/auth/me")).StatusCode);
        Assert.Equal("instructor", (await _host.LogInAsync(student.Email, student.Password)).Role);
        var audit = await admin.Client.GetFromJsonAsync<JsonElement>($"/api/audit?action=user.role&userId={student.Id}");
        var entry = Assert.Single(audit.GetProperty("items").EnumerateArray());
        Assert.Equal("student → instructor", entry.GetProperty("detail").GetString());
        Assert.Equal(admin.Id, entry.GetProperty("actorId").GetString());
        Assert.Equal(await GetNameAsync(admin.Client, admin.Id), entry.GetProperty("actorName").GetString());
        Assert.Equal(await GetNameAsync(admin.Client, student.Id), entry.GetProperty("userName").GetString());
    }

    [Fact]
    public async Task The_audit_log_is_filtered_by_actor_and_time()
    {
        var (student, admin) = (await _host.SignInStudentAsync(), await _host.SignInAdminAsync());
        var before = TimeProvider.System.GetUtcNow();
        await admin.Client.PatchAsJsonAsync($"/api/users/{student.Id}/role", new { role = "instructor" });
        var after = TimeProvider.System.GetUtcNow().AddSeconds(1);

        Assert.Equal(1, await CountAsync($"from={before:u}&to={after:u}"));
        Assert.Equal(0, await CountAsync($"from={after:u}"));
        Assert.Equal(0, await CountAsync($"to={before.AddSeconds(-1):u}"));
        Assert.Equal(1, await CountAsync("from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z"));

        async Task<int> CountAsync(string range)
        {
            var path = $"/api/audit?actorId={admin.Id}&userId={student.Id}&{range}";
            return (await admin.Client.GetFromJsonAsync<JsonElement>(path)).GetProperty("items").GetArrayLength();
        }
    }

    [Fact]
    public async Task An_archived_user_is_signed_out_and_a_restored_one_can_sign_in_again()
    {
        var (student, admin) = (await _host.SignInStudentAsync(), await _host.SignInAdminAsync());
        (await admin.Client.PostAsync($"/api/users/{student.Id}/archive", null)).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.Unauthorized, (await student.Client.GetAsync("/api/auth/me")).StatusCode);
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await _host.Client.PostAsJsonAsync("/api/auth/login", new { email = student.Email, password = student.Password })).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await _host.Client.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = student.RefreshToken })).StatusCode
        );
        (await admin.Client.PostAsync($"/api/users/{student.Id}/restore", null)).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.Unauthorized, (await student.Client.GetAsync("/api/auth/me")).StatusCode);
        await _host.LogInAsync(student.Email, student.Password);
    }

    [Fact]
    public async Task Archiving_a_user_hides_their_reviews_and_restoring_shows_exactly_those()
    {
        var (student, other, admin) = (await _host.SignInStudentAsync(), await _host.SignInStudentAsync(), await _host.SignInAdminAsync());
        var movies = new List<string>();
        foreach (var title in (string[])["Kept", "Deleted"])
        {
            var movie = await (await admin.Client.PostAsJsonAsync("/api/movies", new { title })).Content.ReadFromJsonAsync<JsonElement>();
            movies.Add(movie.GetProperty("id").GetString()!);
            (await student.Client.PostAsJsonAsync($"/api/movies/{movies[^1]}/reviews", new { rating = 9 })).EnsureSuccessStatusCode();
            (await other.Client.PostAsJsonAsync($"/api/movies/{movies[^1]}/reviews", new { rating = 3 })).EnsureSuccessStatusCode();
        }
        var mine = (await ReviewsAsync(other, movies[1]))
            .Single(review => review.GetProperty("rating").GetDouble() == 9)
            .GetProperty("id")
            .GetString();
        (await student.Client.DeleteAsync($"/api/movies/{movies[1]}/reviews/{mine}")).EnsureSuccessStatusCode();

        (await admin.Client.PostAsync($"/api/users/{student.Id}/archive", null)).EnsureSuccessStatusCode();
        Assert.Single(await ReviewsAsync(other, movies[0]));
        Assert.Equal(3, await RatingAsync(other, movies[0]));
        (await admin.Client.PostAsync($"/api/users/{student.Id}/archive", null)).EnsureSuccessStatusCode();
        (await admin.Client.PostAsync($"/api/users/{student.Id}/restore", null)).EnsureSuccessStatusCode();
        Assert.Equal(2, (await ReviewsAsync(other, movies[0])).Length);
        Assert.Equal(6, await RatingAsync(other, movies[0]));
        Assert.Single(await ReviewsAsync(other, movies[1]));
        Assert.Equal(3, await RatingAsync(other, movies[1]));

        static async Task<JsonElement[]> ReviewsAsync(TestUser user, string movie) =>
            [.. (await user.Client.GetFromJsonAsync<JsonElement>($"/api/movies/{movie}/reviews")).GetProperty("items").EnumerateArray()];

        static async Task<double> RatingAsync(TestUser user, string movie) =>
            (await user.Client.GetFromJsonAsync<JsonElement>($"/api/movies/{movie}")).GetProperty("rating").GetDouble();
    }

    [Fact]
    public async Task The_last_admin_cannot_be_demoted_or_archived()
    {
        var admin = await _host.SignInAdminAsync();
        Assert.Equal(
            HttpStatusCode.Conflict,
            (await admin.Client.PatchAsJsonAsync($"/api/users/{admin.Id}/role", new { role = "student" })).StatusCode
        );
        Assert.Equal(HttpStatusCode.Conflict, (await admin.Client.PostAsync($"/api/users/{admin.Id}/archive", null)).StatusCode);
    }

    [Fact]
    public async Task An_invited_user_chooses_a_password_and_signs_in()
    {
        var admin = await _host.SignInAdminAsync();
        var email = TestUsers.NewEmail();
        var invited = await admin.Client.PostAsJsonAsync(
            "/api/users",
            new
            {
                username = "Lotte",
                email,
                role = "instructor",
            }
        );
        Assert.Equal(HttpStatusCode.Created, invited.StatusCode);
        var token = TestMail.ExtractToken(await _host.GetMailTextAsync(email, "You are invited to MovieLms"));
        (
            await _host.Client.PostAsJsonAsync($"/api/auth/reset-password/{token}", new { newPassword = "silhouettes-in-motion-1" })
        ).EnsureSuccessStatusCode();
        Assert.Equal("instructor", (await _host.LogInAsync(email, "silhouettes-in-motion-1")).Role);
    }

    [Fact]
    public async Task Pages_of_users_contain_each_user_once()
    {
        var admin = await _host.SignInAdminAsync();
        for (var i = 0; i < 5; i++)
            await _host.SignInStudentAsync();
        var (seen, cursor) = (new List<string>(), (string?)null);
        do
        {
            var page = await admin.Client.GetFromJsonAsync<JsonElement>($"/api/users?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(user => user.GetProperty("id").GetString()!));
            cursor = page.GetProperty("nextCursor").GetString();
        } while (cursor is not null);
        Assert.Equal(seen.Distinct().Count(), seen.Count);
        Assert.Contains(admin.Id, seen);
    }

    [Theory]
    [InlineData("/api/users?limit=0", "limit")]
    [InlineData("/api/users?role=king", "role")]
    [InlineData("/api/users?cursor=made-up", "cursor")]
    [InlineData("/api/audit?userId=x", "userId")]
    [InlineData("/api/audit?actorId=x", "actorId")]
    [InlineData("/api/audit?from=yesterday", "from")]
    [InlineData("/api/audit?from=2027-01-02T00:00:00Z&to=2027-01-01T00:00:00Z", "to")]
    public async Task An_invalid_parameter_returns_400_and_is_named(string path, string field)
    {
        var response = await (await _host.SignInAdminAsync()).Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.True((await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty(field, out _));
    }

    private static async Task<string?> GetNameAsync(HttpClient admin, string id) =>
        (await admin.GetFromJsonAsync<JsonElement>($"/api/users/{id}")).GetProperty("username").GetString();
}
