using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace MovieLms.Web.Gateway;

/// <summary>
/// Takes an instance of a service out of rotation when it refuses a connection or reports that it is unhealthy, and puts it back when it
/// reports that it is healthy.
/// </summary>
internal sealed partial class DestinationHealthPolicy(IDestinationHealthUpdater updater, ILogger<DestinationHealthPolicy> logger)
    : IActiveHealthCheckPolicy,
        IPassiveHealthCheckPolicy
{
    internal const string PolicyName = "FirstFailure";

    /// <summary>How long an unreachable instance stays out of rotation, until the next probe has a result.</summary>
    private static readonly TimeSpan ReactivationPeriod = TimeSpan.FromSeconds(2);

    /// <summary>The name of both policies in the configuration.</summary>
    public string Name => PolicyName;

    /// <inheritdoc/>
    public void ProbingCompleted(ClusterState cluster, IReadOnlyList<DestinationProbingResult> probingResults)
    {
        var healths = new List<NewActiveDestinationHealth>(probingResults.Count);
        foreach (var result in probingResults)
        {
            var health = result.Response?.IsSuccessStatusCode == true ? DestinationHealth.Healthy : DestinationHealth.Unhealthy;
            Log(cluster, result, health);
            healths.Add(new NewActiveDestinationHealth(result.Destination, health));
        }
        updater.SetActive(cluster, healths);
    }

    /// <inheritdoc/>
    public void RequestProxied(HttpContext context, ClusterState cluster, DestinationState destination)
    {
        if (context.GetForwarderErrorFeature() is { } failure && IsUnreachable(failure))
            updater.SetPassive(cluster, destination, DestinationHealth.Unhealthy, ReactivationPeriod);
    }

    /// <summary>Returns true if no connection could be established, so that the service cannot have received the request.</summary>
    private static bool IsUnreachable(IForwarderErrorFeature failure) =>
        failure.Exception switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError } => true,
            // SocketsHttpHandler's ConnectTimeout.
            OperationCanceledException { InnerException: TimeoutException } => failure.Error == ForwarderError.Request,
            _ => false,
        };

    private void Log(ClusterState cluster, DestinationProbingResult result, DestinationHealth health)
    {
        var address = result.Destination.Model.Config.Address;
        var previous = result.Destination.Health.Active;
        if (health == DestinationHealth.Unhealthy && previous != health)
            LogUnavailable(logger, cluster.ClusterId, address, GetReason(result));
        else if (health == DestinationHealth.Healthy && previous == DestinationHealth.Unhealthy)
            LogAvailable(logger, cluster.ClusterId, address);
    }

    private static string? GetReason(DestinationProbingResult result) =>
        result.Response is { } response ? $"{(int)response.StatusCode}" : result.Exception?.GetType().Name;

    [LoggerMessage(LogLevel.Warning, "{Service} at {Address} is unavailable ({Reason})")]
    private static partial void LogUnavailable(ILogger logger, string service, string address, string? reason);

    [LoggerMessage(LogLevel.Information, "{Service} at {Address} is available again")]
    private static partial void LogAvailable(ILogger logger, string service, string address);
}
