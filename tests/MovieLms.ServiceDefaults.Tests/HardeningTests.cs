using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using MovieLms.Testing;

namespace MovieLms.ServiceDefaults.Tests;

public sealed class HardeningTests
{
    [Fact]
    public async Task Responses_have_security_headers_and_no_Server_header()
    {
        await using var host = await StartAsync();
        var response = await host.Client.GetAsync("/api/address");
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("DENY", response.Headers.GetValues("X-Frame-Options").Single());
        Assert.Equal("no-referrer", response.Headers.GetValues("Referrer-Policy").Single());
        Assert.StartsWith("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single());
        Assert.False(response.Headers.Contains("Server"));
        var nowhere = await host.Client.GetAsync("/nowhere");
        Assert.True(nowhere.Headers.Contains("X-Content-Type-Options"));
        Assert.Contains("frame-ancestors 'none'", nowhere.Headers.GetValues("Content-Security-Policy").Single());
    }

    [Fact]
    public async Task A_forwarded_address_counts_only_from_a_configured_proxy()
    {
        await using (var host = await StartAsync())
            Assert.Equal("127.0.0.1", await AddressAsync(host));
        await using (var host = await StartAsync(("ForwardedHeaders:Proxies:0", "10.0.0.0/8")))
            Assert.Equal("127.0.0.1", await AddressAsync(host));
        await using (var host = await StartAsync(("ForwardedHeaders:Proxies:0", "127.0.0.1")))
            Assert.Equal("203.0.113.9", await AddressAsync(host));
        await using (var host = await StartAsync(("ForwardedHeaders:Proxies:0", "127.0.0.0/8")))
            Assert.Equal("203.0.113.9", await AddressAsync(host));

        static async Task<string> AddressAsync(ServiceHost host)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/address");
            request.Headers.Add("X-Forwarded-For", "198.51.100.1, 203.0.113.9");
            return await (await host.Client.SendAsync(request)).Content.ReadAsStringAsync();
        }
    }

    [Fact]
    public async Task A_failed_request_has_the_security_headers()
    {
        await using var host = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.None,
                Map = app => app.MapGet("/api/fails", void () => throw new InvalidOperationException("on purpose")).AllowAnonymous(),
            }
        );
        var response = await host.Client.GetAsync("/api/fails");
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.StartsWith("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
    }

    /// <summary>Other services call a service behind a gateway directly and over plain HTTP.</summary>
    [Fact]
    public async Task Plain_HTTP_through_the_proxy_redirects_pages_and_refuses_API_requests()
    {
        await using var host = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.None,
                Environment = "Production",
                Settings = new Dictionary<string, string?> { ["ForwardedHeaders:Proxies:0"] = "127.0.0.1", ["https_port"] = "443" },
                Map = app => app.MapGet("/api/scheme", (HttpContext http) => http.Request.Scheme).AllowAnonymous(),
            }
        );
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/api/scheme")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, await ForwardedAsync("https"));
        Assert.Equal(HttpStatusCode.TemporaryRedirect, await ForwardedAsync("http", "text/html"));
        Assert.Equal(HttpStatusCode.BadRequest, await ForwardedAsync("http"));
        Assert.Equal(HttpStatusCode.BadRequest, await ForwardedAsync("http", "application/json"));

        async Task<HttpStatusCode> ForwardedAsync(string scheme, string? accept = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/scheme");
            request.Headers.Add("X-Forwarded-For", "203.0.113.9");
            request.Headers.Add("X-Forwarded-Proto", scheme);
            if (accept is not null)
                request.Headers.Add("Accept", accept);
            using var response = await host.Client.SendAsync(request);
            if (response.StatusCode == HttpStatusCode.BadRequest)
                Assert.Null(response.Headers.Location);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task Other_origins_are_refused_unless_configured()
    {
        await using (var closed = await StartAsync())
            Assert.False((await PreflightAsync(closed, "https://movies.example")).Headers.Contains("Access-Control-Allow-Origin"));
        await using var open = await StartAsync(("Cors:Origins:0", "https://movies.example"));
        Assert.Equal(
            "https://movies.example",
            (await PreflightAsync(open, "https://movies.example")).Headers.GetValues("Access-Control-Allow-Origin").Single()
        );
        Assert.False((await PreflightAsync(open, "https://evil.example")).Headers.Contains("Access-Control-Allow-Origin"));
        Assert.Equal("3600", (await PreflightAsync(open, "https://movies.example")).Headers.GetValues("Access-Control-Max-Age").Single());

        static Task<HttpResponseMessage> PreflightAsync(ServiceHost host, string origin)
        {
            var request = new HttpRequestMessage(HttpMethod.Options, "/api/address");
            request.Headers.Add("Origin", origin);
            request.Headers.Add("Access-Control-Request-Method", "GET");
            return host.Client.SendAsync(request);
        }
    }

    private static Task<ServiceHost> StartAsync(params (string Key, string Value)[] settings) =>
        ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.None,
                Settings = settings.ToDictionary(pair => pair.Key, string? (pair) => pair.Value),
                Map = app => app.MapGet("/api/address", (HttpContext http) => http.Connection.RemoteIpAddress!.ToString()).AllowAnonymous(),
            }
        );
}
