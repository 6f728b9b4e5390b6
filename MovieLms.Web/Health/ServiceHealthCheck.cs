using System.Text.Json;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace MovieLms.Web.Health;

/// <summary>
/// Checks the health of every instance of a service. The service is available while at least one instance is. Concurrent checks share a
/// result, which is cached for a second, so that probes of the gateway cause at most one request per second to each instance.
/// </summary>
internal sealed class ServiceHealthCheck(string service, IProxyStateLookup proxy, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(4);
    private readonly Lock _lock = new();
    private Task<HealthStatus[]>? _latest;
    private long _latestAt;

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var instances = await GetLatestAsync().WaitAsync(cancellationToken);
        var available = instances.Count(status => status != HealthStatus.Unhealthy);
        if (available == 0)
            return new HealthCheckResult(context.Registration.FailureStatus, "No instance is available.");
        if (available < instances.Length)
            return HealthCheckResult.Degraded($"{available} of {instances.Length} instances are available.");
        if (instances.Contains(HealthStatus.Degraded))
            return HealthCheckResult.Degraded("The service is degraded.");
        return HealthCheckResult.Healthy();
    }

    private Task<HealthStatus[]> GetLatestAsync()
    {
        lock (_lock)
        {
            var isCurrent = _latest is { } latest && (!latest.IsCompleted || time.GetElapsedTime(_latestAt) < MaxAge);
            if (isCurrent)
                return _latest!;
            _latestAt = time.GetTimestamp();
            return _latest = ProbeAllAsync();
        }
    }

    private async Task<HealthStatus[]> ProbeAllAsync()
    {
        // The routes with and without sticky sessions have a cluster each, with the same instances.
        if (proxy.GetClusters().FirstOrDefault(cluster => cluster.ClusterId.Split('-')[0] == service) is not { } cluster)
            return [];
        return await Task.WhenAll(cluster.DestinationsState.AllDestinations.Select(destination => ProbeAsync(cluster.Model, destination)));
    }

    private static async Task<HealthStatus> ProbeAsync(ClusterModel cluster, DestinationState destination)
    {
        using var timeout = new CancellationTokenSource(Timeout);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(destination.Model.Config.Address), "/health"));
        try
        {
            using var response = await cluster.HttpClient.SendAsync(request, timeout.Token);
            if (!response.IsSuccessStatusCode)
                return HealthStatus.Unhealthy;
            await using var body = await response.Content.ReadAsStreamAsync(timeout.Token);
            using var report = await JsonDocument.ParseAsync(body, default, timeout.Token);
            var text = report.RootElement.GetProperty("status").GetString();
            return Enum.TryParse<HealthStatus>(text, out var status) ? status : HealthStatus.Unhealthy;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or JsonException)
        {
            return HealthStatus.Unhealthy;
        }
    }
}
