using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MovieLms.ServiceDefaults.Hardening;
using MovieLms.Testing;

namespace MovieLms.ServiceDefaults.Tests;

/// <summary>Checks the body limit of every endpoint of all services.</summary>
public sealed class EndpointLimitTests
{
    /// <summary>The endpoints with a limit above the default. Add new ones here.</summary>
    private static readonly Dictionary<string, long> Larger = new()
    {
        ["/api/analytics/pipeline"] = BodyLimits.Pipeline,
        ["/api/assignments/{id}/submissions"] = BodyLimits.UploadForm,
        ["/api/users/{id}/avatar"] = BodyLimits.Image,
        ["/api/movies/{id}/poster"] = BodyLimits.Image,
        ["/api/movies/import"] = BodyLimits.Import,
        ["/api/todos/import"] = BodyLimits.Import,
        ["/api/courses/{id}/enrollments/import"] = BodyLimits.Import,
        ["/api/assignments/{id}/grades/import"] = BodyLimits.Import,
        ["/hubs/chat"] = BodyLimits.HubMessages,
        ["/hubs/chat/negotiate"] = BodyLimits.HubMessages,
    };

    [Fact]
    public async Task Every_endpoint_of_every_service_has_the_default_or_a_named_limit()
    {
        await using var host = await ServiceHost.StartAsync();
        var limits = host.App.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;
        Assert.Equal(64 * 1024, limits.MaxRequestBodySize);
        var endpoints = EndpointAccess.GetEndpoints(host.App.Services);
        Assert.True(endpoints.Count > 100);
        var found = endpoints
            .Select(endpoint => (Path: Path(endpoint), Limit: endpoint.Metadata.GetMetadata<IRequestSizeLimitMetadata>()))
            .Where(endpoint => endpoint.Limit is not null)
            .Select(endpoint => (endpoint.Path, Bytes: endpoint.Limit!.MaxRequestBodySize ?? long.MaxValue))
            .Distinct()
            .ToDictionary(endpoint => endpoint.Path, endpoint => endpoint.Bytes);
        Assert.Equal(Larger.OrderBy(pair => pair.Key, StringComparer.Ordinal), found.OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_hub_accepts_no_large_body(bool isChunked)
    {
        await using var host = await ServiceHost.StartAsync();
        var user = await host.SignInStudentAsync();
        var outcome = await HostileUpload.SendAsync(
            host.Address,
            "POST /hubs/chat/negotiate?negotiateVersion=1",
            "text/plain",
            28 * 1024 * 1024,
            isChunked,
            user.AccessToken
        );
        // SignalR does not read this body, and the server stops reading it at the limit.
        Assert.True(outcome.Status is 200 or 413, outcome.Text);
        Assert.InRange(outcome.SentBytes, 0, 12 * 1024 * 1024);
        // A client without WebSockets posts its messages.
        var id = System
            .Text.Json.JsonDocument.Parse(
                await (await user.Client.PostAsync("/hubs/chat/negotiate?negotiateVersion=1", null)).Content.ReadAsStringAsync()
            )
            .RootElement.GetProperty("connectionToken")
            .GetString();
        using var poll = await user.Client.GetAsync($"/hubs/chat?id={id}");
        outcome = await HostileUpload.SendAsync(
            host.Address,
            $"POST /hubs/chat?id={id}",
            "text/plain",
            28 * 1024 * 1024,
            isChunked,
            user.AccessToken
        );
        Assert.True(outcome.Status is >= 400 and < 500 or 0, outcome.Text);
        Assert.InRange(outcome.SentBytes, 0, 12 * 1024 * 1024);
    }

    private static string Path(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText!.Trim('/');
}
