using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace MovieLms.Standalone.Tests;

/// <summary>Requests of the pages to the API of the same process.</summary>
public sealed class PageRequestTests(StandaloneEndpointTests.Running running) : IClassFixture<StandaloneEndpointTests.Running>
{
    private readonly WebApplication _app = running.App;

    private PageRequests Requests => _app.Services.GetRequiredService<PageRequests>();

    [Fact]
    public async Task A_page_reads_from_the_API_of_its_own_process()
    {
        using var client = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
        Assert.Contains("No movies yet", await client.GetStringAsync("/"));
    }

    [Fact]
    public void The_visitors_address_and_scheme_are_restored()
    {
        var context = CreateContext("203.0.113.9", "https");
        context.Request.Headers[PageRequests.SecretHeader] = GetSecret();
        Requests.Restore(context);
        Assert.Equal("203.0.113.9", context.Connection.RemoteIpAddress!.ToString());
        Assert.Equal("https", context.Request.Scheme);
        Assert.Equal(["Via"], context.Request.Headers.Keys);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    public void Without_the_secret_the_address_is_the_connections(string secret)
    {
        var context = CreateContext("203.0.113.9", "https");
        context.Request.Headers[PageRequests.SecretHeader] = secret;
        Requests.Restore(context);
        Assert.Equal(IPAddress.Loopback, context.Connection.RemoteIpAddress);
        Assert.Equal("http", context.Request.Scheme);
        Assert.False(context.Request.Headers.ContainsKey(PageRequests.SecretHeader));
    }

    [Fact]
    public async Task A_request_of_a_page_is_never_local()
    {
        Assert.Equal(HttpStatusCode.OK, await GetMailAsync("wrong"));
        Assert.Equal(HttpStatusCode.NotFound, await GetMailAsync(GetSecret()));
    }

    private async Task<HttpStatusCode> GetMailAsync(string secret)
    {
        using var client = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/mail");
        request.Headers.Add(PageRequests.SecretHeader, secret);
        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }

    private string GetSecret()
    {
        using var request = new HttpRequestMessage();
        Requests.Mark(request);
        return request.Headers.GetValues(PageRequests.SecretHeader).Single();
    }

    private static DefaultHttpContext CreateContext(string forwardedFor, string scheme)
    {
        var context = new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Loopback } };
        context.Request.Scheme = "http";
        context.Request.Headers["X-Forwarded-For"] = forwardedFor;
        context.Request.Headers["X-Forwarded-Proto"] = scheme;
        return context;
    }
}
