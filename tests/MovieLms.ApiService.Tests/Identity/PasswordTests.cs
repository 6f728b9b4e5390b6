using System.Net;
using System.Net.Http.Json;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

public sealed class PasswordTests(IdentityHost fixture) : IClassFixture<IdentityHost>
{
    private const string NewPassword = "rack-focus-through-rain-9";
    private readonly ServiceHost _host = fixture.Host;

    [Fact]
    public async Task Changing_the_password_ends_all_sessions_and_the_new_one_works()
    {
        var user = await _host.SignInStudentAsync();
        var elsewhere = await _host.LogInAsync(user.Email, user.Password);
        var changed = await user.Client.PostAsJsonAsync(
            "/api/auth/change-password",
            new { currentPassword = user.Password, newPassword = NewPassword }
        );
        Assert.Equal(HttpStatusCode.NoContent, changed.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await user.Client.GetAsync("/api/auth/me")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await elsewhere.Client.GetAsync("/api/auth/me")).StatusCode);
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await _host.Client.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = elsewhere.RefreshToken })).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await _host.Client.PostAsJsonAsync("/api/auth/login", new { email = user.Email, password = user.Password })).StatusCode
        );
        await _host.LogInAsync(user.Email, NewPassword);
    }

    [Fact]
    public async Task Changing_the_password_with_a_wrong_current_one_returns_400()
    {
        var user = await _host.SignInStudentAsync();
        var response = await user.Client.PostAsJsonAsync(
            "/api/auth/change-password",
            new { currentPassword = "not the password", newPassword = NewPassword }
        );
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("currentPassword", await response.Content.ReadAsStringAsync());
        (await user.Client.GetAsync("/api/auth/me")).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task Forgot_password_returns_the_same_response_for_known_and_unknown_addresses()
    {
        var user = await _host.SignInStudentAsync();
        var known = await _host.Client.PostAsJsonAsync("/api/auth/forgot-password", new { email = user.Email });
        var unknown = await _host.Client.PostAsJsonAsync("/api/auth/forgot-password", new { email = TestUsers.NewEmail() });
        Assert.Equal(HttpStatusCode.Accepted, known.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, unknown.StatusCode);
        Assert.Equal(await known.Content.ReadAsStringAsync(), await unknown.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_mailed_link_sets_a_password_once_and_ends_all_sessions()
    {
        var user = await _host.SignInStudentAsync();
        var token = await ResetTokenAsync(user);
        var weak = await _host.Client.PostAsJsonAsync($"/api/auth/reset-password/{token}", new { newPassword = "short" });
        Assert.Equal(HttpStatusCode.BadRequest, weak.StatusCode);
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await _host.Client.PostAsJsonAsync($"/api/auth/reset-password/{token}", new { newPassword = NewPassword })).StatusCode
        );
        Assert.Equal(HttpStatusCode.Unauthorized, (await user.Client.GetAsync("/api/auth/me")).StatusCode);
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await _host.Client.PostAsJsonAsync($"/api/auth/reset-password/{token}", new { newPassword = NewPassword })).StatusCode
        );
        await _host.LogInAsync(user.Email, NewPassword);
    }

    [Fact]
    public async Task A_mailed_token_in_the_request_body_sets_a_password_once()
    {
        var user = await _host.SignInStudentAsync();
        var token = await ResetTokenAsync(user);
        var unknown = await _host.Client.PostAsJsonAsync(
            "/api/auth/reset-password",
            new { token = token + "x", newPassword = NewPassword }
        );
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await _host.Client.PostAsJsonAsync("/api/auth/reset-password", new { token, newPassword = NewPassword })).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await _host.Client.PostAsJsonAsync("/api/auth/reset-password", new { token, newPassword = NewPassword })).StatusCode
        );
        await _host.LogInAsync(user.Email, NewPassword);
    }

    [Fact]
    public async Task Of_fifty_parallel_uses_of_a_link_one_succeeds()
    {
        var user = await _host.SignInStudentAsync();
        var token = await ResetTokenAsync(user);
        var responses = await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(i => _host.Client.PostAsJsonAsync($"/api/auth/reset-password/{token}", new { newPassword = $"{NewPassword}{i}" }))
        );
        Assert.Equal(1, responses.Count(response => response.StatusCode == HttpStatusCode.NoContent));
        Assert.Equal(49, responses.Count(response => response.StatusCode == HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task A_password_change_invalidates_mailed_links()
    {
        var user = await _host.SignInStudentAsync();
        var token = await ResetTokenAsync(user);
        (
            await user.Client.PostAsJsonAsync(
                "/api/auth/change-password",
                new { currentPassword = user.Password, newPassword = NewPassword }
            )
        ).EnsureSuccessStatusCode();
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await _host.Client.PostAsJsonAsync($"/api/auth/reset-password/{token}", new { newPassword = NewPassword + "x" })).StatusCode
        );
    }

    [Fact]
    public async Task A_link_uses_the_configured_host_and_ignores_the_hosts_in_the_request()
    {
        var user = await _host.SignInStudentAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/forgot-password")
        {
            Content = JsonContent.Create(new { email = user.Email }),
        };
        request.Headers.Host = "evil.example";
        request.Headers.Add("X-Forwarded-Host", "evil.example");
        (await _host.Client.SendAsync(request)).EnsureSuccessStatusCode();
        Assert.DoesNotContain("evil", await _host.GetMailTextAsync(user.Email, "Set a new password"));
    }

    private async Task<string> ResetTokenAsync(TestUser user)
    {
        (await _host.Client.PostAsJsonAsync("/api/auth/forgot-password", new { email = user.Email })).EnsureSuccessStatusCode();
        return TestMail.ExtractToken(await _host.GetMailTextAsync(user.Email, "Set a new password"));
    }
}
