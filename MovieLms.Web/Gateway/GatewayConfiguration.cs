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
    /// Without any byte in either direction. Long enough for a report or an import that a service works on before it responds;
    /// a client that gives up ends its request earlier.
    /// </summary>
    private static readonly TimeSpan ActivityTimeout = TimeSpan.FromMinutes(10);

    internal static IReadOnlyList<RouteConfig> Routes(IEnumerable<GatewayRoute> routes) =>
        [
            .. routes.Select(route => new RouteConfig
            {
                RouteId = route.Path,
                ClusterId = ClusterId(route),
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

    internal static IReadOnlyList<ClusterConfig> Clusters(IEnumerable<GatewayRoute> routes) =>
        [.. routes.DistinctBy(ClusterId).Select(Cluster)];

    internal static bool IsSticky(ClusterConfig cluster) => cluster.SessionAffinity is not null;

    private static string ClusterId(GatewayRoute route) => route.IsSticky ? route.Service + StickySuffix : route.Service;

    private static ClusterConfig Cluster(GatewayRoute route) =>
        new()
        {
            ClusterId = ClusterId(route),
            Destinations = new Dictionary<string, DestinationConfig> { [route.Service] = new() { Address = $"http://{route.Service}" } },
            HttpRequest = new ForwarderRequestConfig
            {
                ActivityTimeout = ActivityTimeout,
                Version = HttpVersion.Version11,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            },
            SessionAffinity = route.IsSticky ? Affinity(route) : null,
            // The mail catcher has no health endpoint, and development only ever starts one.
            HealthCheck = route.Service == GatewayRoutes.MailService ? null : HealthCheck,
        };

    private static HealthCheckConfig HealthCheck { get; } =
        new()
        {
            // With every instance marked unhealthy, trying one beats refusing: a mark may be out of date.
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
    /// The cookie holds a hash of the destination's name, so that every gateway reads it the same way without a shared key. A
    /// client whose instance is gone moves to another one, where SignalR reconnects.
    /// </summary>
    private static SessionAffinityConfig Affinity(GatewayRoute route) =>
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
