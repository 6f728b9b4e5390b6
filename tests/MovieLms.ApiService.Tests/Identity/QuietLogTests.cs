using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using MovieLms.ApiService.Identity.Codes;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

/// <summary>Runs every flow that handles a secret with logs and telemetry on, then searches both for the secrets.</summary>
public sealed class QuietLogTests
{
    private const string WrongPassword = "a-wrong-password-indeed";
    private const string NewPassword = "a-brand-new-password-of-mine";

    [Fact]
    public async Task Logs_and_telemetry_contain_no_password_token_code_or_address()
    {
        using var log = new FakeLoggerProvider();
        await using var sink = await OtlpSink.StartAsync();
        var secrets = new HashSet<string>();
        await using (
            var host = await ServiceHost.StartAsync(
                new ServiceHostOptions
                {
                    Services = Services.Api | Services.Realtime,
                    Settings = sink.Settings,
                    Configure = services => services.AddLogging(logging => logging.AddProvider(log).SetMinimumLevel(LogLevel.Information)),
                }
            )
        )
        {
            await RunAsync(host, secrets);
        }
        secrets.UnionWith([TestUsers.AdminEmail, TestUsers.AdminPassword]);

        Assert.True(secrets.Count > 15);
        Assert.NotEmpty(log.GetLines());
        foreach (var line in log.GetLines(LogLevel.Information))
            AssertContainsNone(secrets, line, "the log");
        foreach (var signal in new[] { "traces", "logs", "metrics" })
        {
            Assert.Contains("movielms", sink.GetReceived(signal), StringComparison.OrdinalIgnoreCase);
            AssertContainsNone(secrets, sink.GetReceived(signal), signal);
        }
        // The only path that contains a secret is traced as its route pattern.
        Assert.Contains("/api/auth/reset-password/{token}", sink.GetReceived("traces"));
    }

    private static async Task RunAsync(ServiceHost host, HashSet<string> secrets)
    {
        var user = await host.SignInStudentAsync();
        secrets.UnionWith([user.Email, user.Password, WrongPassword, NewPassword, user.AccessToken, user.RefreshToken]);
        var mail = await host.GetMailTextAsync(user.Email, "Your verification code");
        var (code, link) = (TestMail.ExtractCode(mail), TestMail.ExtractToken(mail));
        secrets.UnionWith([code, link]);
        await user.Client.PostAsJsonAsync("/api/auth/otp/verify", new { purpose = "verifyEmail", code });
        await host.Client.PostAsJsonAsync("/api/auth/verify-email", new { token = link });
        await user.Client.PutAsJsonAsync(
            "/api/auth/me",
            new
            {
                username = "Ida",
                phone = "+4915112345678",
                currentPassword = user.Password,
            }
        );
        secrets.Add("4915112345678");
        await host.Client.PostAsJsonAsync("/api/auth/login", new { email = user.Email, password = WrongPassword });
        Keep(secrets, await host.Client.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = user.RefreshToken }));
        await SecondStepAsync(host, user, secrets);

        await host.Client.PostAsJsonAsync("/api/auth/forgot-password", new { email = user.Email });
        var reset = TestMail.ExtractToken(await host.GetMailTextAsync(user.Email, "Set a new password"));
        secrets.Add(reset);
        await host.Client.PostAsJsonAsync($"/api/auth/reset-password/{reset}", new { newPassword = "short" });
        await host.Client.PostAsJsonAsync($"/api/auth/reset-password/{reset}", new { newPassword = NewPassword });
        await host.Client.GetAsync($"/hubs/chat?id=x&access_token={user.AccessToken}");
        await host.Client.PostAsync($"/hubs/chat/negotiate?negotiateVersion=1&access_token={user.AccessToken}", null);
        await host.Client.GetAsync($"/api/auth/github/callback?code=code-of-a-provider&state=state-of-a-provider");
        secrets.UnionWith(["code-of-a-provider", "state-of-a-provider"]);

        var invited = TestUsers.NewEmail();
        await (await host.SignInAdminAsync()).Client.PostAsJsonAsync(
            "/api/users",
            new
            {
                username = "Lotte",
                email = invited,
                role = "student",
            }
        );
        secrets.UnionWith([invited, TestMail.ExtractToken(await host.GetMailTextAsync(invited, "You are invited to MovieLms"))]);
    }

    private static async Task SecondStepAsync(ServiceHost host, TestUser user, HashSet<string> secrets)
    {
        var begun = await (
            await user.Client.PostAsJsonAsync("/api/auth/totp", new { currentPassword = user.Password })
        ).Content.ReadFromJsonAsync<JsonElement>();
        var secret = begun.GetProperty("secret").GetString()!;
        var code = SecondStepTests.Code(secret, 0);
        secrets.UnionWith([secret, code, SecondStepTests.Code(secret, 1)]);
        var confirmed = await user.Client.PostAsJsonAsync("/api/auth/totp/confirm", new { code });
        var recovery = (await confirmed.Content.ReadFromJsonAsync<JsonElement>())
            .GetProperty("recoveryCodes")
            .EnumerateArray()
            .Select(item => item.GetString()!)
            .ToList();
        secrets.UnionWith(recovery);
        var login = await host.Client.PostAsJsonAsync("/api/auth/login", new { email = user.Email, password = user.Password });
        var challenge = (await login.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("challenge").GetString()!;
        secrets.Add(challenge);
        await host.Client.PostAsJsonAsync("/api/auth/login/verify", new { challenge, code = "000000" });
        Keep(secrets, await host.Client.PostAsJsonAsync("/api/auth/login/verify", new { challenge, code = recovery[0] }));
    }

    private static void Keep(HashSet<string> secrets, HttpResponseMessage response)
    {
        response.EnsureSuccessStatusCode();
        using var pair = JsonDocument.Parse(response.Content.ReadAsStream());
        secrets.UnionWith([
            pair.RootElement.GetProperty("accessToken").GetString()!,
            pair.RootElement.GetProperty("refreshToken").GetString()!,
        ]);
    }

    private static void AssertContainsNone(HashSet<string> secrets, string text, string where)
    {
        foreach (var secret in secrets)
        {
            // Six digits can be part of a longer number by chance. As a separate word they are the code.
            var at = text.IndexOf(secret, StringComparison.OrdinalIgnoreCase);
            while (at >= 0 && secret.Length == Totp.Digits && IsInsideWord(text, at))
                at = text.IndexOf(secret, at + 1, StringComparison.OrdinalIgnoreCase);
            Assert.True(
                at < 0,
                at < 0 ? null : $"A secret was found in {where}: …{text[Math.Max(0, at - 80)..Math.Min(text.Length, at + 80)]}…"
            );
        }
    }

    private static bool IsInsideWord(string text, int at) =>
        (at > 0 && char.IsAsciiLetterOrDigit(text[at - 1]))
        || (at + Totp.Digits < text.Length && char.IsAsciiLetterOrDigit(text[at + Totp.Digits]));
}
