using Microsoft.AspNetCore.Http.Metadata;
using MovieLms.ServiceDefaults.Hardening;
using MovieLms.Testing;
using MovieLms.Web.Gateway;

namespace MovieLms.Web.Tests.Gateway;

/// <summary>The gateway's limits on request bodies.</summary>
public sealed class BodyLimitTests
{
    private const long Megabyte = 1024 * 1024;

    [Theory]
    [InlineData("/api/auth/login", 28, true)]
    [InlineData("/api/auth/login", 28, false)]
    [InlineData("/hubs/chat/negotiate", 28, true)]
    [InlineData("/hubs/chat/negotiate", 28, false)]
    [InlineData("/jobs/recurring/trigger", 28, true)]
    [InlineData("/api/assignments/1/submissions", 700, true)]
    [InlineData("/api/assignments/1/submissions", 700, false)]
    [InlineData("/api/movies/import", 700, true)]
    public async Task A_body_above_the_limit_is_rejected_and_not_forwarded(string path, long megabytes, bool isChunked)
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayHost.StartAsync([
            ("apiservice", backend.Address),
            ("realtime", backend.Address),
            ("worker", backend.Address),
        ]);
        var outcome = await HostileUpload.SendAsync(gateway.Address, $"POST {path}", "application/json", megabytes * Megabyte, isChunked);
        Assert.True(outcome.Status == 413, outcome.Text);
        Assert.InRange(outcome.SentBytes, 0, BodyLimits.Import + (16 * Megabyte));
        Assert.Empty(backend.Received);
        Assert.Matches("must not exceed [0-9]+ bytes", outcome.Text);
    }

    [Fact]
    public async Task The_limits_of_the_gateway_equal_those_of_the_services()
    {
        await using var host = await ServiceHost.StartAsync();
        var larger = EndpointAccess
            .GetEndpoints(host.App.Services)
            .Select(endpoint =>
                (
                    Path: "/" + endpoint.RoutePattern.RawText!.Trim('/'),
                    Limit: endpoint.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize
                )
            )
            .Where(endpoint => endpoint.Limit is not null && !endpoint.Path.StartsWith("/hubs/", StringComparison.Ordinal))
            .Select(endpoint => (endpoint.Path, endpoint.Limit!.Value))
            .Distinct();
        Assert.Equal(larger.Order(), GatewayRoutes.LargeBodies.Select(route => (route.Pattern, route.MaxBodyBytes)).Order());
    }
}
