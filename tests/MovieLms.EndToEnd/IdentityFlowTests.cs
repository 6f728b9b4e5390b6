using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.Testing;
using MovieLms.Testing.Processes;
using MovieLms.Testing.Tools;

namespace MovieLms.EndToEnd;

/// <summary>
/// Account flows over three separate processes and a real SMTP server. The tests read the delivered mail and follow its links.
/// </summary>
public sealed class IdentityFlowTests(IdentityProcesses processes) : IClassFixture<IdentityProcesses>, IAsyncLifetime
{
    private const string Password = "dolly-zoom-on-the-pier-7";
    private const string NewPassword = "rack-focus-through-rain-9";

    // The documented limit is 1 s. A loaded machine gets some slack.
    private const double TimeoutSeconds = 3;
    private MailDev _mail = null!;
    private ServiceProcesses _services = null!;
    private HttpClient _api = null!;

    public async ValueTask InitializeAsync()
    {
        await processes.StartAsync();
        (_mail, _services, _api) = (processes.Mail!, processes.Services!, processes.Api!);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task The_link_mailed_at_registration_verifies_the_address()
    {
        var email = TestUsers.NewEmail();
        await RegisterAsync(email);
        var mail = await _mail.GetMailAsync(email, "Your verification code");
        Assert.Contains("<html", mail.GetProperty("html").GetString());
        using var user = await SignInAsync(email, Password);
        Assert.False(await IsVerifiedAsync(user));
        await FollowLinkAsync(mail, token => _api.PostAsJsonAsync("/api/auth/verify-email", new { token }));
        Assert.True(await IsVerifiedAsync(user));
        AssertNotLogged(email, Password, TestMail.ExtractToken(GetText(mail)));
    }

    [Fact]
    public async Task A_mailed_code_verifies_the_address_once()
    {
        var email = TestUsers.NewEmail();
        await RegisterAsync(email);
        using var user = await SignInAsync(email, Password);
        var first = TestMail.ExtractCode(GetText(await _mail.GetMailAsync(email, "Your verification code")));
        (await user.PostAsJsonAsync("/api/auth/otp", new { channel = "email", purpose = "verifyEmail" })).EnsureSuccessStatusCode();
        var second = first;
        await Eventually.WaitUntilAsync(
            async () => (second = TestMail.ExtractCode(GetText(await _mail.GetMailAsync(email, "Your verification code")))) != first,
            "a second code arrives",
            30
        );
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await user.PostAsJsonAsync("/api/auth/otp/verify", new { purpose = "verifyEmail", code = first })).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await user.PostAsJsonAsync("/api/auth/otp/verify", new { purpose = "verifyEmail", code = second })).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await user.PostAsJsonAsync("/api/auth/otp/verify", new { purpose = "verifyEmail", code = second })).StatusCode
        );
        Assert.True(await IsVerifiedAsync(user));
        AssertNotLogged(email);
    }

    [Fact]
    public async Task A_password_reset_by_mail_revokes_every_earlier_token_in_both_services()
    {
        var email = TestUsers.NewEmail();
        await RegisterAsync(email);
        using var here = await SignInAsync(email, Password);
        using var elsewhere = await SignInAsync(email, Password);
        await AssertRevokesAsync(
            [here, elsewhere],
            async () =>
            {
                (await _api.PostAsJsonAsync("/api/auth/forgot-password", new { email })).EnsureSuccessStatusCode();
                await FollowLinkAsync(
                    await _mail.GetMailAsync(email, "Set a new password"),
                    token => _api.PostAsJsonAsync($"/api/auth/reset-password/{token}", new { newPassword = NewPassword })
                );
            }
        );
        using var after = await SignInAsync(email, NewPassword);
        Assert.NotEqual(default, await _mail.GetMailAsync(email, "Your password was changed"));
        AssertNotLogged(email, Password, NewPassword);
    }

    [Fact]
    public async Task Each_revoking_event_revokes_earlier_tokens_in_ApiService_and_Realtime_within_a_second()
    {
        using var admin = await SignInAsync(IdentityProcesses.AdminEmail, IdentityProcesses.AdminPassword);
        var events = new Func<HttpClient, string, Task<HttpResponseMessage>>[]
        {
            (user, _) => user.PostAsync("/api/auth/logout", null),
            async (user, _) => await user.DeleteAsync($"/api/auth/sessions/{await GetCurrentSessionAsync(user)}"),
            (user, _) => user.PostAsJsonAsync("/api/auth/change-password", new { currentPassword = Password, newPassword = NewPassword }),
            (_, id) => admin.PatchAsJsonAsync($"/api/users/{id}/role", new { role = "instructor" }),
            (_, id) => admin.PostAsync($"/api/users/{id}/archive", null),
        };
        foreach (var revoke in events)
        {
            var email = TestUsers.NewEmail();
            await RegisterAsync(email);
            using var user = await SignInAsync(email, Password);
            var id = (await user.GetFromJsonAsync<JsonElement>("/api/auth/me")).GetProperty("id").GetString()!;
            await AssertRevokesAsync([user], async () => (await revoke(user, id)).EnsureSuccessStatusCode());
        }
    }

    /// <summary>Asserts that both services accept the tokens before the revocation and reject them after it.</summary>
    private async Task AssertRevokesAsync(HttpClient[] clients, Func<Task> revoke)
    {
        foreach (var client in clients)
        {
            Assert.Equal(HttpStatusCode.OK, await GetMeStatusAsync(client));
            Assert.Equal(HttpStatusCode.OK, await NegotiateAsync(client));
        }
        await revoke();
        var revoked = Stopwatch.GetTimestamp();
        foreach (var client in clients)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await GetMeStatusAsync(client));
            await Eventually.WaitUntilAsync(
                async () => await NegotiateAsync(client) == HttpStatusCode.Unauthorized,
                "Realtime rejects the token",
                TimeoutSeconds
            );
        }
        TestContext.Current.SendDiagnosticMessage(
            "rejected by both services after {0:N0} ms",
            Stopwatch.GetElapsedTime(revoked).TotalMilliseconds
        );
    }

    private static async Task<HttpStatusCode> GetMeStatusAsync(HttpClient client) => (await client.GetAsync("/api/auth/me")).StatusCode;

    private async Task<HttpStatusCode> NegotiateAsync(HttpClient client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_services.Realtime, "/hubs/chat/negotiate?negotiateVersion=1"));
        request.Headers.Authorization = client.DefaultRequestHeaders.Authorization;
        return (await _api.SendAsync(request)).StatusCode;
    }

    private static async Task<string> GetCurrentSessionAsync(HttpClient user) =>
        (await user.GetFromJsonAsync<JsonElement>("/api/auth/sessions"))
            .EnumerateArray()
            .Single(session => session.GetProperty("current").GetBoolean())
            .GetProperty("id")
            .GetString()!;

    /// <summary>Opens the page that the mail links to, and sends the request that its script would send.</summary>
    private async Task FollowLinkAsync(JsonElement mail, Func<string, Task<HttpResponseMessage>> submit)
    {
        var text = GetText(mail);
        var link = new Uri(text[text.IndexOf("http", StringComparison.Ordinal)..].Split('\n', '\r', ' ')[0]);
        Assert.Contains(WebUtility.HtmlEncode(link.ToString()), mail.GetProperty("html").GetString());
        Assert.Equal(HttpStatusCode.OK, (await _api.GetAsync(new Uri(processes.Web!, link.AbsolutePath))).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await submit(link.Fragment.TrimStart('#'))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await submit(link.Fragment.TrimStart('#'))).StatusCode);
    }

    private static string GetText(JsonElement mail) => mail.GetProperty("text").GetString()!.ReplaceLineEndings("\n");

    private async Task RegisterAsync(string email) =>
        (
            await _api.PostAsJsonAsync(
                "/api/auth/register",
                new
                {
                    username = "Ida",
                    email,
                    password = Password,
                }
            )
        ).EnsureSuccessStatusCode();

    private static async Task<bool> IsVerifiedAsync(HttpClient user) =>
        (await user.GetFromJsonAsync<JsonElement>("/api/auth/me")).GetProperty("emailVerified").GetBoolean();

    private async Task<HttpClient> SignInAsync(string email, string password)
    {
        using var response = await _api.PostAsJsonAsync("/api/auth/login", new { email, password });
        response.EnsureSuccessStatusCode();
        var client = new HttpClient { BaseAddress = _services.Api };
        client.DefaultRequestHeaders.Authorization = new(
            "Bearer",
            (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString()
        );
        return client;
    }

    private void AssertNotLogged(params string[] secrets)
    {
        foreach (var service in new[] { "ApiService", "Worker", "Realtime" })
        {
            foreach (var secret in secrets)
                Assert.DoesNotContain(secret, _services[service].Output, StringComparison.OrdinalIgnoreCase);
        }
    }
}
