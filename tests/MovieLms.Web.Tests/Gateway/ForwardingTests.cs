using System.Net;
using Microsoft.AspNetCore.Http;

namespace MovieLms.Web.Tests.Gateway;

public sealed class ForwardingTests
{
    private const string Trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    [Theory]
    [InlineData("/api/movies/1", "apiservice")]
    [InlineData("/openapi/v1.json", "apiservice")]
    [InlineData("/openapi/hub.json", "apiservice")]
    [InlineData("/scalar/", "apiservice")]
    [InlineData("/.well-known/jwks.json", "apiservice")]
    [InlineData("/hubs/chat", "realtime")]
    [InlineData("/jobs/recurring", "worker")]
    [InlineData("/mail.json", "mail")]
    public async Task A_path_is_forwarded_to_its_service(string path, string service)
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayHost.StartAsync([(service, backend.Address)]);
        Assert.Equal(HttpStatusCode.OK, (await gateway.Client.GetAsync(path)).StatusCode);
        Assert.Equal(path, Assert.Single(backend.Received).Target);
    }

    [Theory]
    [InlineData("/api/movies/a%2Fb")]
    [InlineData("/api/movies/a%25b")]
    [InlineData("/api/movies/%E2%82%AC?x=%2B+1&x=")]
    [InlineData("/api/movies/a+b;c=d,e@f:g")]
    [InlineData("/api/movies/a%20b")]
    public async Task The_path_and_query_are_forwarded_unchanged(string target)
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayHost.StartAsync([("apiservice", backend.Address)]);
        var verbatim = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(gateway.Address.AbsoluteUri.TrimEnd('/') + target, verbatim));
        Assert.Equal(HttpStatusCode.OK, (await gateway.Client.SendAsync(request)).StatusCode);
        Assert.Equal(target, Assert.Single(backend.Received).Target);
    }

    [Fact]
    public async Task Forwarding_headers_of_the_client_are_replaced()
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayHost.StartAsync([("apiservice", backend.Address)]);
        var headers = await SendAsync(gateway, backend);
        Assert.Equal("127.0.0.1", headers["X-Forwarded-For"]);
        Assert.Equal("http", headers["X-Forwarded-Proto"]);
        Assert.Equal(gateway.Address.Authority, headers["X-Forwarded-Host"]);
        Assert.Equal(gateway.Address.Authority, headers["Host"]);
        foreach (var name in new[] { "Forwarded", "X-Real-IP", "X-Original-For", "X-Forwarded-Prefix" })
            Assert.DoesNotContain(name, headers.Keys);
    }

    [Fact]
    public async Task Forwarding_headers_of_a_configured_proxy_are_used()
    {
        await using var backend = await Backend.StartAsync();
        var settings = new Dictionary<string, string?> { ["ForwardedHeaders:Proxies:0"] = "127.0.0.1" };
        await using var gateway = await GatewayHost.StartAsync([("apiservice", backend.Address)], settings);
        var headers = await SendAsync(gateway, backend);
        Assert.Equal("203.0.113.9", headers["X-Forwarded-For"]);
        Assert.Equal("https", headers["X-Forwarded-Proto"]);
        Assert.DoesNotContain("X-Original-For", headers.Keys);
    }

    [Fact]
    public async Task Other_headers_and_the_trace_are_forwarded()
    {
        await using var backend = await Backend.StartAsync(context =>
        {
            context.Response.Headers.Append("X-From-Service", "yes");
            context.Response.Headers.ContentSecurityPolicy = "default-src 'self'";
            context.Response.Headers.XFrameOptions = "DENY";
            context.Response.StatusCode = StatusCodes.Status418ImATeapot;
            return Task.CompletedTask;
        });
        await using var gateway = await GatewayHost.StartAsync([("apiservice", backend.Address)]);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/x");
        request.Headers.Add("traceparent", Trace);
        request.Headers.Add("X-From-Client", "yes");
        using var response = await gateway.Client.SendAsync(request);
        Assert.Equal(418, (int)response.StatusCode);
        Assert.Equal(["yes"], response.Headers.GetValues("X-From-Service"));
        Assert.Equal(["default-src 'self'"], response.Headers.GetValues("Content-Security-Policy"));
        Assert.Equal(["DENY"], response.Headers.GetValues("X-Frame-Options"));
        Assert.Equal(["nosniff"], response.Headers.GetValues("X-Content-Type-Options"));
        Assert.Equal(0, response.Content.Headers.ContentLength);
        var received = Assert.Single(backend.Received).Headers;
        Assert.Equal("yes", received["X-From-Client"]);
        Assert.Equal(Trace.Split('-')[1], received["traceparent"].Split('-')[1]);
    }

    [Fact]
    public async Task Outside_development_HTTPS_is_required()
    {
        await using var backend = await Backend.StartAsync(context =>
        {
            context.Response.Headers.StrictTransportSecurity = "max-age=1";
            return Task.CompletedTask;
        });
        var settings = new Dictionary<string, string?> { ["ForwardedHeaders:Proxies:0"] = "127.0.0.1", ["https_port"] = "443" };
        await using var gateway = await GatewayHost.StartAsync([("apiservice", backend.Address)], settings, "Production");
        using var secure = await SendByAsync("https");
        Assert.Single(secure.Headers.GetValues("Strict-Transport-Security"));
        using var redirect = await SendByAsync("http");
        Assert.Equal(HttpStatusCode.TemporaryRedirect, redirect.StatusCode);
        Assert.Equal("https://movielms.example/api/x", redirect.Headers.Location!.ToString());
        Assert.Single(backend.Received);

        async Task<HttpResponseMessage> SendByAsync(string scheme)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/x");
            request.Headers.Host = "movielms.example";
            request.Headers.Add("X-Forwarded-Proto", scheme);
            request.Headers.Add("X-Forwarded-For", "203.0.113.9");
            request.Headers.Add("Accept", "text/html");
            return await gateway.Client.SendAsync(request);
        }
    }

    private static async Task<IReadOnlyDictionary<string, string>> SendAsync(GatewayHost gateway, Backend backend)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/x");
        request.Headers.Add("X-Forwarded-For", "203.0.113.9");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-Host", "evil.example");
        request.Headers.Add("X-Forwarded-Prefix", "/evil");
        request.Headers.Add("X-Original-For", "203.0.113.9");
        request.Headers.Add("X-Real-IP", "203.0.113.9");
        request.Headers.Add("Forwarded", "for=203.0.113.9;host=evil.example");
        Assert.Equal(HttpStatusCode.OK, (await gateway.Client.SendAsync(request)).StatusCode);
        return Assert.Single(backend.Received).Headers;
    }
}
