using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.Testing;
using MovieLms.Testing.Processes;
using MovieLms.Testing.Telemetry;

namespace MovieLms.EndToEnd.Telemetry;

/// <summary>The telemetry that an idle installation exports, and that it exports while its database is unavailable.</summary>
public sealed class IdleTracesTests
{
    private const string ResetToken = "a-reset-token-that-no-log-may-hold";

    /// <summary>Exceeds every polling interval.</summary>
    private static readonly TimeSpan ObservationPeriod = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Polling_is_traced_only_when_it_fails_and_failed_requests_are_logged_with_IDs_only()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        // Aspire sets this sampler. It must not enable the export of polling.
        var settings = new Dictionary<string, string?>(collector.Environment) { ["OTEL_TRACES_SAMPLER"] = "always_on" };
        await using var installation = await Installation.StartAsync(settings);
        await Task.Delay(ObservationPeriod);
        // Jobs that run within this time are traced.
        Assert.Empty(
            collector
                .Spans.Where(span => span.ParentId.Length == 0 && !span.Name.StartsWith("job ", StringComparison.Ordinal))
                .Select(span => $"{span.Service}: {span.Name}")
                .Distinct()
        );

        using var client = await ApiClient.SignInAsync(installation.Services.Api, Installation.AdminEmail, Installation.AdminPassword);
        var userId = (await client.GetFromJsonAsync<JsonElement>("/api/auth/me")).GetProperty("id").GetString();
        await Eventually.WaitUntilAsync(
            () => Task.FromResult(collector.Spans.Any(span => span.Name == "POST /api/auth/login")),
            "a request is exported",
            30
        );

        await installation.KillAsync("mongo");
        foreach (var service in new[] { "MovieLms.ApiService", "MovieLms.Worker", "MovieLms.Realtime" })
        {
            await Eventually.WaitUntilAsync(
                () => Task.FromResult(collector.Spans.Any(span => span is { IsError: true, ParentId: "" } && span.Service == service)),
                $"a failed poll of {service} is exported",
                60
            );
        }

        using var failed = await client.PostAsJsonAsync(
            $"/api/auth/reset-password/{ResetToken}",
            new { newPassword = "a new sled for everyone" }
        );
        Assert.Equal(HttpStatusCode.ServiceUnavailable, failed.StatusCode);
        await Eventually.WaitUntilAsync(
            () => Task.FromResult(collector.Logs.Any(log => log.Attributes.GetValueOrDefault("UserId") == userId)),
            "the failure is logged with its caller",
            30
        );
        Assert.False(collector.HasExported(ResetToken), "A reset token was exported.");
        Assert.False(collector.HasExported(Installation.AdminEmail), "An address was exported.");
    }
}
