using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.ApiService.Http;
using MovieLms.ServiceDefaults.Http;

namespace MovieLms.ApiService.Tests.Http;

/// <summary>Every POST that requires a permission honors <c>Idempotency-Key</c> and declares it.</summary>
public sealed partial class IdempotencyRulesTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    /// <summary>The names of the POSTs that only read.</summary>
    private static readonly string[] ReadOnly = ["runPipeline"];

    [Fact]
    public void Every_authenticated_post_declares_the_header_and_its_errors()
    {
        var posts = Posts().ToList();
        Assert.True(posts.Count > 20, $"Only {posts.Count} endpoints were found.");
        foreach (var post in posts.Where(post => !ReadOnly.Contains(Name(post))))
        {
            Assert.True(post.Metadata.OfType<RequestHeader>().Any(header => header.Name == "Idempotency-Key"), $"{Name(post)}: header");
            var statuses = post.Metadata.OfType<IProducesResponseTypeMetadata>().Select(metadata => metadata.StatusCode).ToHashSet();
            Assert.True(statuses.IsSupersetOf([400, 409, 422]), $"{Name(post)}: {string.Join(' ', statuses.Order())}");
            Assert.NotEqual(IdempotencyMode.ReadsOnly, Mode(post));
        }
    }

    /// <summary>The filter compares the bound body, so an endpoint that reads another body must use the gate itself.</summary>
    [Fact]
    public void The_filter_serves_only_endpoints_with_a_json_body_or_none()
    {
        foreach (var post in Posts().Where(post => Mode(post) is IdempotencyMode.StoresResponse or IdempotencyMode.WithholdsBody))
        {
            var types = post.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes ?? [];
            Assert.True(types.All(type => type == "application/json"), $"{Name(post)}: {string.Join(' ', types)}");
        }
    }

    [Fact]
    public void No_response_with_a_credential_is_stored()
    {
        var suspects = Posts()
            .Where(post => Mode(post) is not (IdempotencyMode.WithholdsBody or IdempotencyMode.ReadsOnly))
            .SelectMany(post =>
                post.Metadata.OfType<IProducesResponseTypeMetadata>()
                    .Where(metadata => metadata.StatusCode < 300)
                    .SelectMany(metadata => metadata.Type?.GetProperties() ?? [])
                    .Where(member => Credential().IsMatch(member.Name))
                    .Select(member => $"{Name(post)}: {member.Name}")
            );
        Assert.Empty(suspects);
        Assert.Equal(
            ["beginTotp", "confirmTotp"],
            Posts().Where(post => Mode(post) == IdempotencyMode.WithholdsBody).Select(Name).Order(StringComparer.Ordinal)
        );
    }

    private IEnumerable<RouteEndpoint> Posts() =>
        api
            .Host.App.Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint =>
                endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains("POST") == true
                && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null
            );

    private static string Name(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? endpoint.DisplayName!;

    private static IdempotencyMode? Mode(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IdempotencyMetadata>()?.Mode;

    [GeneratedRegex("token|secret|password|credential|recoverycodes|apikey|^key$|^code$|.link$|.url$|^uri$", RegexOptions.IgnoreCase)]
    private static partial Regex Credential();
}
