using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

public sealed class LoginTests(IdentityHost fixture) : IClassFixture<IdentityHost>
{
    private readonly ServiceHost _host = fixture.Host;

    [Fact]
    public async Task Login_returns_a_token_that_grants_access()
    {
        var user = await _host.SignInStudentAsync();
        var me = await user.Client.GetFromJsonAsync<JsonElement>("/api/auth/me");
        Assert.Equal(user.Email, me.GetProperty("email").GetString());
    }

    [Fact]
    public async Task Login_returns_the_same_response_for_an_unknown_address_and_a_wrong_password()
    {
        var user = await _host.SignInStudentAsync();
        var wrong = await _host.Client.PostAsJsonAsync("/api/auth/login", new { email = user.Email, password = "not the password" });
        var unknown = await _host.Client.PostAsJsonAsync(
            "/api/auth/login",
            new { email = TestUsers.NewEmail(), password = "not the password" }
        );
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.Equal(wrong.StatusCode, unknown.StatusCode);
        Assert.Equal(await WithoutTraceIdAsync(wrong), await WithoutTraceIdAsync(unknown));
        Assert.Equal(wrong.Headers.WwwAuthenticate.ToString(), unknown.Headers.WwwAuthenticate.ToString());

        static async Task<string> WithoutTraceIdAsync(HttpResponseMessage response)
        {
            var problem = await response.Content.ReadFromJsonAsync<Dictionary<string, JsonElement>>();
            problem!.Remove("traceId");
            return JsonSerializer.Serialize(problem);
        }
    }

    [Fact]
    public async Task After_five_failures_even_the_right_password_returns_429()
    {
        var user = await _host.SignInStudentAsync();
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(
                HttpStatusCode.Unauthorized,
                (
                    await _host.Client.PostAsJsonAsync("/api/auth/login", new { email = user.Email, password = "wrong wrong wrong" })
                ).StatusCode
            );
        }

        var sixth = await _host.Client.PostAsJsonAsync("/api/auth/login", new { email = user.Email, password = user.Password });
        Assert.Equal(HttpStatusCode.TooManyRequests, sixth.StatusCode);
        Assert.NotNull(sixth.Headers.RetryAfter);
        Assert.True(sixth.Headers.Contains("RateLimit-Limit"));
    }

    [Fact]
    public async Task Successful_sign_ins_do_not_count_as_failures()
    {
        var user = await _host.SignInStudentAsync();
        for (var i = 0; i < 8; i++)
            await _host.LogInAsync(user.Email, user.Password);
    }

    [Fact]
    public async Task Of_fifty_parallel_guesses_only_five_are_checked()
    {
        var user = await _host.SignInStudentAsync();
        var responses = await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(i => _host.Client.PostAsJsonAsync("/api/auth/login", new { email = user.Email, password = $"guess number {i}" }))
        );
        Assert.Equal(5, responses.Count(response => response.StatusCode == HttpStatusCode.Unauthorized));
        Assert.Equal(45, responses.Count(response => response.StatusCode == HttpStatusCode.TooManyRequests));
    }

    [Fact]
    public async Task Without_a_token_me_returns_401_with_a_challenge_and_a_problem()
    {
        var response = await _host.Client.GetAsync("/api/auth/me");
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Logout_revokes_the_access_and_the_refresh_token()
    {
        var user = await _host.SignInStudentAsync();
        Assert.Equal(HttpStatusCode.NoContent, (await user.Client.PostAsync("/api/auth/logout", null)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await user.Client.GetAsync("/api/auth/me")).StatusCode);
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await _host.Client.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = user.RefreshToken })).StatusCode
        );
    }

    [Fact]
    public async Task The_configured_first_admin_can_sign_in()
    {
        var admin = await _host.SignInAdminAsync();
        Assert.Equal("admin", admin.Role);
    }

    [Fact]
    public async Task An_unknown_path_returns_404_and_a_wrong_method_405_not_401()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await _host.Client.GetAsync("/api/nothing-here")).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await _host.Client.DeleteAsync("/api/auth/login")).StatusCode);
    }

    [Fact]
    public async Task A_profile_change_with_a_stale_version_returns_412()
    {
        var user = await _host.SignInStudentAsync();
        using var stale = new HttpRequestMessage(HttpMethod.Put, "/api/auth/me")
        {
            Content = JsonContent.Create(new { username = "Other" }),
        };
        stale.Headers.IfMatch.Add(new("\"99\""));
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await user.Client.SendAsync(stale)).StatusCode);
        var changed = await user.Client.PutAsJsonAsync(
            "/api/auth/me",
            new
            {
                username = "Other",
                phone = "+4915112345678",
                currentPassword = user.Password,
                role = "admin",
            }
        );
        var me = await changed.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("Other", me.GetProperty("username").GetString());
        Assert.Equal("+4915112345678", me.GetProperty("phone").GetString());
        Assert.Equal("student", me.GetProperty("role").GetString());
    }
}
