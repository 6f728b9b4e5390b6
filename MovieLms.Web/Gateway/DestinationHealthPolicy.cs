using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace MovieLms.Web.Gateway;

/// <summary>
/// Takes an instance of a service out of rotation as soon as it refuses a connection or reports itself unhealthy, and puts it
/// back as soon as it reports itself healthy.
/// </summary>
internal sealed partial class DestinationHealthPolicy(IDestinationHealthUpdater updater, ILogger<DestinationHealthPolicy> logger)
    : IActiveHealthCheckPolicy,
        IPassiveHealthCheckPolicy
{
    internal const string PolicyName = "FirstFailure";

    /// <summary>Bridges the time until the next probe decides.</summary>
    private static readonly TimeSpan ReactivateAfter = TimeSpan.FromSeconds(2);

    /// <inheritdoc cref="IActiveHealthCheckPolicy.Name"/>
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
            updater.SetPassive(cluster, destination, DestinationHealth.Unhealthy, ReactivateAfter);
    }

    /// <summary>True when no connection could be made, so that the service cannot have seen the request.</summary>
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
        var before = result.Destination.Health.Active;
        if (health == DestinationHealth.Unhealthy && before != health)
            LogUnavailable(logger, cluster.ClusterId, address, Reason(result));
        else if (health == DestinationHealth.Healthy && before == DestinationHealth.Unhealthy)
            LogAvailable(logger, cluster.ClusterId, address);
    }

    private static string? Reason(DestinationProbingResult result) =>
        result.Response is { } response ? $"{(int)response.StatusCode}" : result.Exception?.GetType().Name;

    [LoggerMessage(LogLevel.Warning, "{Service} at {Address} is unavailable ({Reason})")]
    private static partial void LogUnavailable(ILogger logger, string service, string address, string? reason);

    [LoggerMessage(LogLevel.Information, "{Service} at {Address} is available again")]
    private static partial void LogAvailable(ILogger logger, string service, string address);
}
