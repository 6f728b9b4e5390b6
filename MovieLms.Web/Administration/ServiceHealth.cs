using System.Text.Json;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MovieLms.ServiceDefaults.Health;
using MovieLms.Web.Access;
using MovieLms.Web.Session;

namespace MovieLms.Web.Administration;

/// <summary>The health of a process.</summary>
/// <param name="Service">The name for people.</param>
/// <param name="Status">Healthy, Degraded or Unhealthy.</param>
/// <param name="Checks">The checks, by name.</param>
internal sealed record ProcessHealth(string Service, string Status, IReadOnlyList<HealthCheckRow> Checks);

/// <summary>A health check.</summary>
/// <param name="Details">Further values.</param>
internal sealed record HealthCheckRow(
    string Name,
    string Status,
    string? Description,
    double? Milliseconds,
    IReadOnlyList<(string Name, string Value)> Details
);

/// <summary>Reads the health of this process and of the services in other processes.</summary>
internal sealed class ServiceHealth(HealthReports reports, OtherProcesses others, ConsoleApi console)
{
    internal const string Healthy = nameof(HealthStatus.Healthy);
    internal const string Unhealthy = nameof(HealthStatus.Unhealthy);
    private const int MaxDetails = 50;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    internal async Task<IReadOnlyList<ProcessHealth>> ReadAsync()
    {
        var own = ReadOwnAsync();
        var read = others.Services.Select(ReadAsync).ToList();
        return [await own, .. await Task.WhenAll(read)];
    }

    private async Task<ProcessHealth> ReadOwnAsync()
    {
        var report = await reports.GetAsync(console.Left);
        var rows = report.Entries.Select(pair => new HealthCheckRow(
            pair.Key,
            pair.Value.Status.ToString(),
            pair.Value.Description,
            Math.Round(pair.Value.Duration.TotalMilliseconds, 1),
            [.. pair.Value.Data.Take(MaxDetails).Select(detail => (detail.Key, $"{detail.Value}"))]
        ));
        return new ProcessHealth(
            ServiceNames.OfThisProcess(others),
            report.Status.ToString(),
            [.. rows.OrderBy(row => row.Name, StringComparer.Ordinal)]
        );
    }

    private async Task<ProcessHealth> ReadAsync(string service)
    {
        var name = ServiceNames.Of(service);
        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(console.Left);
            timeout.CancelAfter(Timeout);
            using var http = console.CreateClient(service);
            using var response = await http.GetAsync("/health", timeout.Token);
            await using var body = await response.Content.ReadAsStreamAsync(timeout.Token);
            using var report = await JsonDocument.ParseAsync(body, default, timeout.Token);
            var status = report.RootElement.GetProperty("status").GetString() ?? Unhealthy;
            var checks = report.RootElement.TryGetProperty("checks", out var found) ? found.EnumerateObject().Select(Read) : [];
            return new ProcessHealth(name, status, [.. checks.OrderBy(row => row.Name, StringComparer.Ordinal)]);
        }
        catch (Exception e)
            when (e is HttpRequestException or IOException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new ProcessHealth(
                name,
                Unhealthy,
                [new HealthCheckRow("connection", Unhealthy, "The service does not respond.", null, [])]
            );
        }
        catch (OperationCanceledException) when (!console.Left.IsCancellationRequested)
        {
            return new ProcessHealth(
                name,
                Unhealthy,
                [new HealthCheckRow("connection", Unhealthy, "The service did not respond in time.", null, [])]
            );
        }
    }

    private static HealthCheckRow Read(JsonProperty check)
    {
        string? status = null,
            description = null;
        double? milliseconds = null;
        List<(string, string)> details = [];
        foreach (var member in check.Value.EnumerateObject())
        {
            switch (member.Name)
            {
                case "status":
                    status = member.Value.GetString();
                    break;
                case "description":
                    description = member.Value.GetString();
                    break;
                case "milliseconds":
                    milliseconds = member.Value.GetDouble();
                    break;
                default:
                    if (details.Count < MaxDetails)
                        details.Add((member.Name, member.Value.ToString()));
                    break;
            }
        }
        return new HealthCheckRow(check.Name, status ?? Unhealthy, description, milliseconds, details);
    }
}
