using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

public sealed class QuietLogTests
{
    [Fact]
    public async Task The_logs_of_a_whole_run_hold_no_password_token_code_or_address()
    {
        using var log = new EverythingLogged();
        await using var host = await ServiceHost.StartAsync(new ServiceHostOptions
        {
            Services = Services.Api,
            Configure = services => services.AddLogging(logging => logging.AddProvider(log).SetMinimumLevel(LogLevel.Information)),
        });
        var user = await host.SignInStudentAsync();
        var code = TestMail.CodeIn(await host.MailTextAsync(user.Email, "Your verification code"));
        await user.Client.PostAsJsonAsync("/api/auth/otp/verify", new { purpose = "verifyEmail", code });
        await host.Client.PostAsJsonAsync("/api/auth/login", new { email = user.Email, password = "a-wrong-password-indeed" });
        var refreshed = await (await host.Client.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = user.RefreshToken })).Content.ReadFromJsonAsync<JsonElement>();
        await host.Client.PostAsJsonAsync("/api/auth/forgot-password", new { email = user.Email });
        var reset = TestMail.TokenIn(await host.MailTextAsync(user.Email, "Set a new password"));
        await host.Client.PostAsJsonAsync($"/api/auth/reset-password/{reset}", new { newPassword = "a-brand-new-password-of-mine" });
        await host.Client.GetAsync($"/hubs/chat?access_token={user.AccessToken}");

        Assert.NotEmpty(log.Lines);
        string[] secrets =
        [
            user.Email, user.Password, "a-wrong-password-indeed", "a-brand-new-password-of-mine", user.AccessToken, user.RefreshToken, reset,
            refreshed.GetProperty("refreshToken").GetString()!, refreshed.GetProperty("accessToken").GetString()!,
        ];
        foreach (var line in log.Lines)
            foreach (var secret in secrets) Assert.False(line.Contains(secret, StringComparison.OrdinalIgnoreCase), $"A secret stands in: {line}");
    }

    private sealed class EverythingLogged : ILoggerProvider, ILogger
    {
        internal ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose() => Lines.Clear();
    }
}
