using System.Reflection;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.Application.Access;

namespace MovieLms.Testing;

/// <summary>Checks that each endpoint and hub method of a host requires a permission or explicitly allows anonymous access.</summary>
public static class EndpointAccess
{
    /// <summary>Returns the endpoints of a host.</summary>
    public static IReadOnlyList<RouteEndpoint> GetEndpoints(IServiceProvider services) =>
        [.. services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    /// <summary>Returns one line per fault: endpoints with neither or both, and hub methods without a permission.</summary>
    public static IReadOnlyList<string> Faults(IServiceProvider services) => [.. GetEndpoints(services).SelectMany(FindFaults)];

    /// <summary>Returns the faults of an application's endpoints. The application need not be started.</summary>
    public static IReadOnlyList<string> Faults(IEndpointRouteBuilder app) =>
        [.. app.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().SelectMany(FindFaults)];

    /// <summary>Returns the hub methods that clients can call.</summary>
    public static IEnumerable<MethodInfo> HubMethods(Type hub) =>
        hub.GetMethods(BindingFlags.Public | BindingFlags.Instance)
            .Where(method =>
                !method.IsSpecialName
                && !method.GetBaseDefinition().DeclaringType!.IsAssignableFrom(typeof(Hub))
                && method.DeclaringType != typeof(object)
            );

    private static IEnumerable<string> FindFaults(RouteEndpoint endpoint)
    {
        var (isAnonymous, requiresPermission) = (
            endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null,
            RequiresPermission(endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>())
        );
        if (!isAnonymous && !requiresPermission)
            yield return $"{endpoint.DisplayName} requires no permission and does not allow anonymous access";
        if (isAnonymous && requiresPermission)
            yield return $"{endpoint.DisplayName} requires a permission that AllowAnonymous overrides";
        if (endpoint.Metadata.GetMetadata<HubMetadata>()?.HubType is not { } hub)
            yield break;
        if (isAnonymous)
            yield return $"{hub.Name} allows anonymous access";
        foreach (var method in HubMethods(hub))
        {
            if (method.IsDefined(typeof(AllowAnonymousAttribute), inherit: true))
                yield return $"{hub.Name}.{method.Name} allows anonymous access";
            var own = method.GetCustomAttributes(inherit: true).OfType<IAuthorizeData>().ToArray();
            if (own.Length > 0 && !RequiresPermission(own))
                yield return $"{hub.Name}.{method.Name} requires a policy that is not a permission";
            if (own.Length == 0 && !requiresPermission)
                yield return $"{hub.Name}.{method.Name} requires no permission, and neither does its hub";
        }
    }

    private static bool RequiresPermission(IReadOnlyList<IAuthorizeData> requirements) =>
        requirements.Any(data => data.Policy is { } policy && Permissions.All.Contains(policy));
}
