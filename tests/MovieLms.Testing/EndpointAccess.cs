using System.Reflection;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.Application.Access;

namespace MovieLms.Testing;

/// <summary>Walks what a host can be asked for: each endpoint and hub method names a permission or is openly anonymous.</summary>
public static class EndpointAccess
{
    /// <summary>The endpoints of a host.</summary>
    public static IReadOnlyList<RouteEndpoint> Of(IServiceProvider services) =>
        [.. services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    /// <summary>What is wrong, one line each: an endpoint with neither or with both, a hub method that nobody guards.</summary>
    public static IReadOnlyList<string> Faults(IServiceProvider services) => [.. Of(services).SelectMany(FaultsOf)];

    /// <summary>Likewise of an application's own endpoints, also before it starts.</summary>
    public static IReadOnlyList<string> Faults(IEndpointRouteBuilder app) =>
        [.. app.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().SelectMany(FaultsOf)];

    /// <summary>The methods that clients of a hub may call.</summary>
    public static IEnumerable<MethodInfo> HubMethods(Type hub) =>
        hub.GetMethods(BindingFlags.Public | BindingFlags.Instance)
            .Where(method =>
                !method.IsSpecialName
                && !method.GetBaseDefinition().DeclaringType!.IsAssignableFrom(typeof(Hub))
                && method.DeclaringType != typeof(object)
            );

    private static IEnumerable<string> FaultsOf(RouteEndpoint endpoint)
    {
        var (isAnonymous, isGuarded) = (
            endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null,
            NamesPermission(endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>())
        );
        if (!isAnonymous && !isGuarded)
            yield return $"{endpoint.DisplayName} names neither a permission nor AllowAnonymous";
        if (isAnonymous && isGuarded)
            yield return $"{endpoint.DisplayName} names a permission that AllowAnonymous undoes";
        if (endpoint.Metadata.GetMetadata<HubMetadata>()?.HubType is not { } hub)
            yield break;
        if (isAnonymous)
            yield return $"{hub.Name} is open to everybody";
        foreach (var method in HubMethods(hub))
        {
            if (method.IsDefined(typeof(AllowAnonymousAttribute), inherit: true))
                yield return $"{hub.Name}.{method.Name} allows anonymous";
            var own = method.GetCustomAttributes(inherit: true).OfType<IAuthorizeData>().ToArray();
            if (own.Length > 0 && !NamesPermission(own))
                yield return $"{hub.Name}.{method.Name} asks for something that is no permission";
            if (own.Length == 0 && !isGuarded)
                yield return $"{hub.Name}.{method.Name} is guarded neither by itself nor by its hub";
        }
    }

    private static bool NamesPermission(IReadOnlyList<IAuthorizeData> asked) =>
        asked.Any(data => data.Policy is { } policy && Permissions.All.Contains(policy));
}
