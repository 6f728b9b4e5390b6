using System.Net;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;

namespace MovieLms.Web.Gateway;

/// <summary>The route table as YARP's configuration.</summary>
internal static class GatewayConfiguration
{
    private const string StickySuffix = "-sticky";

    /// <summary>
    /// Maximum time without any byte in either direction. Long enough for a service to create a report or an import before it responds. A
    /// client that disconnects ends its request earlier.
    /// </summary>
    private static readonly TimeSpan ActivityTimeout = TimeSpan.FromMinutes(10);

    internal static IReadOnlyList<RouteConfig> CreateRoutes(IEnumerable<GatewayRoute> routes) =>
        [
            .. routes.Select(route => new RouteConfig
            {
                RouteId = route.Path,
                ClusterId = GetClusterId(route),
                Match = new RouteMatch { Path = route.Path + "/{**rest}" },
                MaxRequestBodySize = route.MaxBodyBytes,
            }),
            .. GatewayRoutes.LargeBodies.Select(route => new RouteConfig
            {
                RouteId = route.Pattern,
                ClusterId = route.Service,
                Match = new RouteMatch { Path = route.Pattern },
                MaxRequestBodySize = route.MaxBodyBytes,
            }),
        ];

    internal static IReadOnlyList<ClusterConfig> CreateClusters(IEnumerable<GatewayRoute> routes) =>
        [.. routes.DistinctBy(GetClusterId).Select(CreateCluster)];

    internal static bool IsSticky(ClusterConfig cluster) => cluster.SessionAffinity is not null;

    private static string GetClusterId(GatewayRoute route) => route.IsSticky ? route.Service + StickySuffix : route.Service;

    private static ClusterConfig CreateCluster(GatewayRoute route) =>
        new()
        {
            ClusterId = GetClusterId(route),
            Destinations = new Dictionary<string, DestinationConfig> { [route.Service] = new() { Address = $"http://{route.Service}" } },
            HttpRequest = new ForwarderRequestConfig
            {
                ActivityTimeout = ActivityTimeout,
                Version = HttpVersion.Version11,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            },
            SessionAffinity = route.IsSticky ? CreateAffinity(route) : null,
            // The mail catcher has no health endpoint, and there is never more than one.
            HealthCheck = route.Service == GatewayRoutes.MailService ? null : HealthCheck,
        };

    private static HealthCheckConfig HealthCheck { get; } =
        new()
        {
            // If all instances are marked unhealthy, try one anyway: the mark may be out of date.
            AvailableDestinationsPolicy = HealthCheckConstants.AvailableDestinations.HealthyOrPanic,
            Passive = new PassiveHealthCheckConfig { Enabled = true, Policy = DestinationHealthPolicy.PolicyName },
            Active = new ActiveHealthCheckConfig
            {
                Enabled = true,
                Policy = DestinationHealthPolicy.PolicyName,
                Path = "/health",
                Interval = TimeSpan.FromSeconds(2),
                Timeout = TimeSpan.FromSeconds(4),
            },
        };

    /// <summary>
    /// Creates the affinity by cookie. The cookie contains a hash of the destination's name, so all gateways can read it without a shared
    /// key. If the instance is unavailable, the client moves to another one, where SignalR reconnects.
    /// </summary>
    private static SessionAffinityConfig CreateAffinity(GatewayRoute route) =>
        new()
        {
            Enabled = true,
            Policy = "HashCookie",
            FailurePolicy = "Redistribute",
            AffinityKeyName = "movielms-node",
            Cookie = new SessionAffinityCookieConfig
            {
                Path = route.Path,
                HttpOnly = true,
                IsEssential = true,
                SameSite = SameSiteMode.Lax,
                SecurePolicy = CookieSecurePolicy.SameAsRequest,
            },
        };
}
