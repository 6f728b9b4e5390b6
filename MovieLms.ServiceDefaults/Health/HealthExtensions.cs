using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Hardening;
using MovieLms.ServiceDefaults.RateLimiting;

namespace MovieLms.ServiceDefaults.Health;

/// <summary>Returns whether the caller may read health details.</summary>
public delegate ValueTask<bool> HealthReader(HttpContext http);

/// <summary>
/// Maps <c>/alive</c> (the process responds) and <c>/health</c> (it can serve requests). Only an unavailable MongoDB fails
/// <c>/health</c>: taking a whole site out of rotation for a lost cache or mail server would turn a degradation into an outage.
/// <c>/health?strict</c> fails on any degradation and is meant for alerting. Administrators and, in Development, callers on this
/// machine also receive the details.
/// </summary>
internal static class HealthExtensions
{
    private const string AlivePath = "/alive";
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    internal static void AddHealth(this IHostApplicationBuilder builder)
    {
        builder.Services.AddHealthChecks();
        builder.Services.AddSingleton<HealthReports>();
        builder.Services.AddSingleton<LocalCaller>();
        builder.Services.TryAddSingleton<HealthReader>(_ => http => ValueTask.FromResult(http.User.Role() == Roles.Admin));
    }

    /// <summary>
    /// Responds to <c>/alive</c> before routing. The first routed request builds every endpoint, which takes longer than the rest of the
    /// startup, and a liveness probe needs none of them.
    /// </summary>
    internal static void UseAlive(this WebApplication app) =>
        app.Use(next =>
            http =>
                http.Request.Path == AlivePath && (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method))
                    ? WriteAsync(http, HealthStatus.Healthy, null)
                    : next(http)
        );

    internal static void MapHealth(this WebApplication app)
    {
        // UseAlive responds to GET and HEAD. The endpoint lets the router reject other methods.
        app.MapMethods(AlivePath, Methods, (HttpContext http) => WriteAsync(http, HealthStatus.Healthy, null))
            .AllowAnonymous()
            .DisableRateLimiting()
            .ExcludeFromDescription()
            .WithName("Alive");
        app.MapMethods("/health", Methods, GetAsync).AllowAnonymous().ExcludeFromDescription().WithName("Health").CountsApart();
    }

    private static async Task GetAsync(HttpContext http, HealthReports reports, HealthReader reader, LocalCaller local)
    {
        var report = await reports.GetAsync(http.RequestAborted);
        var isFailure =
            report.Status == HealthStatus.Unhealthy || (report.Status == HealthStatus.Degraded && http.Request.Query.ContainsKey("strict"));
        if (isFailure)
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        var hasDetails = local.IsLocal(http) || await reader(http);
        await WriteAsync(http, report.Status, hasDetails ? report : null);
    }

    private static async Task WriteAsync(HttpContext http, HealthStatus status, HealthReport? details)
    {
        http.Response.Headers.CacheControl = "no-store, no-cache";
        http.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("status", status.ToString());
        if (details is not null)
            WriteChecks(json, details);
        json.WriteEndObject();
    }

    private static void WriteChecks(Utf8JsonWriter json, HealthReport report)
    {
        json.WriteStartObject("checks");
        foreach (var (name, entry) in report.Entries)
        {
            json.WriteStartObject(name);
            json.WriteString("status", entry.Status.ToString());
            if (entry.Description is { } description)
                json.WriteString("description", description);
            json.WriteNumber("milliseconds", Math.Round(entry.Duration.TotalMilliseconds, 1));
            foreach (var (key, value) in entry.Data)
                json.WriteString(key, Convert.ToString(value, CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }
}
