using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.Application.Access;

namespace MovieLms.ApiService.Tests.Http;

/// <summary>The rules that every endpoint must follow.</summary>
public sealed partial class EndpointRulesTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public void Every_endpoint_requires_a_known_permission_or_allows_anonymous()
    {
        var unprotected = Endpoints()
            .Where(endpoint =>
                endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null
                && !endpoint.Metadata.OfType<IAuthorizeData>().Any(data => data.Policy is { } policy && Permissions.All.Contains(policy))
            );
        Assert.Empty(unprotected.Select(Text));
    }

    [Fact]
    public void Every_api_endpoint_has_a_unique_name_and_a_summary()
    {
        var names = ApiEndpoints()
            .Select(endpoint => (Text: Text(endpoint), Name: endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName))
            .ToList();
        Assert.DoesNotContain(names, pair => pair.Name is null || !CamelCase().IsMatch(pair.Name));
        Assert.Empty(names.GroupBy(pair => pair.Name).Where(group => group.Count() > 1).Select(group => group.Key));
        Assert.Empty(ApiEndpoints().Where(endpoint => endpoint.Metadata.GetMetadata<IEndpointSummaryMetadata>() is null).Select(Text));
    }

    [Fact]
    public void Every_api_endpoint_declares_its_success_and_its_errors()
    {
        foreach (var endpoint in ApiEndpoints())
        {
            var statuses = endpoint.Metadata.OfType<IProducesResponseTypeMetadata>().Select(metadata => metadata.StatusCode).ToHashSet();
            Assert.True(statuses.Any(status => status < 400), $"{Text(endpoint)} declares no success status");
            Assert.True(statuses.Any(status => status >= 400), $"{Text(endpoint)} declares no error status");
            if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null)
                Assert.True(statuses.Contains(401), $"{Text(endpoint)} requires a permission but does not declare 401");
        }
    }

    private IEnumerable<RouteEndpoint> Endpoints() =>
        api.Host.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    private IEnumerable<RouteEndpoint> ApiEndpoints() =>
        Endpoints().Where(endpoint => endpoint.RoutePattern.RawText?.TrimStart('/').StartsWith("api", StringComparison.Ordinal) == true);

    private static string Text(RouteEndpoint endpoint) =>
        $"{string.Join(',', endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])} {endpoint.RoutePattern.RawText}";

    [GeneratedRegex("^[a-z][A-Za-z]+$")]
    private static partial Regex CamelCase();
}
