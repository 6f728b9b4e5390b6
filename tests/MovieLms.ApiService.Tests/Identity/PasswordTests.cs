using System.Net;
using System.Net.Http.Json;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

public sealed class PasswordTests(IdentityHost fixture) : IClassFixture<IdentityHost>
{
    private const string NewPassword = "rack-focus-through-rain-9";
    private readonly ServiceHost _host = fixture.Host;

    [Fact]
    public async Task Change_password_ends_every_session_and_the_new_one_works()
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
    public async Task Change_password_with_a_wrong_current_one_returns_400_naming_it()
    {
        var user = await _host.SignInStudentAsync();
        var answer = await user.Client.PostAsJsonAsync(
            "/api/auth/change-password",
            new { currentPassword = "not the password", newPassword = NewPassword }
        );
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("currentPassword", await answer.Content.ReadAsStringAsync());
        (await user.Client.GetAsync("/api/auth/me")).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task Forgot_password_answers_alike_for_known_and_unknown_addresses()
    {
        var user = await _host.SignInStudentAsync();
        var known = await _host.Client.PostAsJsonAsync("/api/auth/forgot-password", new { email = user.Email });
        var unknown = await _host.Client.PostAsJsonAsync("/api/auth/forgot-password", new { email = TestUsers.NewEmail() });
        Assert.Equal(HttpStatusCode.Accepted, known.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, unknown.StatusCode);
        Assert.Equal(await known.Content.ReadAsStringAsync(), await unknown.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_mailed_link_sets_a_password_once_and_ends_every_session()
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
    public async Task A_mailed_token_sets_a_password_from_the_body_of_the_request()
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
        Assert.DoesNotContain("reset-password/", await _host.Client.GetStringAsync("/account/password"));
    }

    [Fact]
    public async Task Of_fifty_parallel_uses_of_a_link_one_works()
    {
        var user = await _host.SignInStudentAsync();
        var token = await ResetTokenAsync(user);
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(i => _host.Client.PostAsJsonAsync($"/api/auth/reset-password/{token}", new { newPassword = $"{NewPassword}{i}" }))
        );
        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.NoContent));
        Assert.Equal(49, answers.Count(answer => answer.StatusCode == HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task A_link_is_dead_once_the_password_was_changed_otherwise()
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
    public async Task A_links_host_is_the_configured_one_whatever_the_request_says()
    {
        var user = await _host.SignInStudentAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/forgot-password")
        {
            Content = JsonContent.Create(new { email = user.Email }),
        };
        request.Headers.Host = "evil.example";
        request.Headers.Add("X-Forwarded-Host", "evil.example");
        (await _host.Client.SendAsync(request)).EnsureSuccessStatusCode();
        Assert.DoesNotContain("evil", await _host.MailTextAsync(user.Email, "Set a new password"));
    }

    [Fact]
    public async Task The_page_that_a_link_opens_allows_its_own_script_only()
    {
        var page = await _host.Client.GetAsync("/account/password");
        page.EnsureSuccessStatusCode();
        Assert.Contains("script-src 'sha256-", page.Headers.GetValues("Content-Security-Policy").Single());
    }

    private async Task<string> ResetTokenAsync(TestUser user)
    {
        (await _host.Client.PostAsJsonAsync("/api/auth/forgot-password", new { email = user.Email })).EnsureSuccessStatusCode();
        return TestMail.TokenIn(await _host.MailTextAsync(user.Email, "Set a new password"));
    }
}
