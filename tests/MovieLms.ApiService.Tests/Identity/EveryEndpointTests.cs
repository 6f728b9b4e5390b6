using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.ServiceDefaults.Access;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

/// <summary>Walks every endpoint and hub of all services.</summary>
public sealed class EveryEndpointTests
{
    [Fact]
    public async Task Every_endpoint_and_hub_names_a_permission_or_allows_anonymous()
    {
        await using var host = await ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.All });
        var endpoints = host.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToArray();
        Assert.True(endpoints.Length > 30);
        var open = endpoints.Where(endpoint => !IsDecided(endpoint.Metadata)).Select(endpoint => endpoint.DisplayName);
        Assert.Empty(open);
        foreach (var hub in endpoints.Select(endpoint => endpoint.Metadata.GetMetadata<HubMetadata>()?.HubType).OfType<Type>().Distinct())
            Assert.DoesNotContain(hub.GetMethods(), method => method.IsDefined(typeof(AllowAnonymousAttribute), inherit: true));
    }

    private static bool IsDecided(EndpointMetadataCollection metadata) =>
        metadata.GetMetadata<IAllowAnonymous>() is not null
        || metadata.GetOrderedMetadata<IAuthorizeData>().Any(data => data.Policy is { } policy && Permissions.All.Contains(policy));
}
