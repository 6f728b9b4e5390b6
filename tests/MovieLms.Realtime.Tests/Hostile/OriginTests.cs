using MovieLms.Testing;

namespace MovieLms.Realtime.Tests.Hostile;

/// <summary>A browser's origin must match the scheme, host and port of this server or of a configured site.</summary>
public sealed class OriginTests(OriginTests.Host host) : IClassFixture<OriginTests.Host>
{
    public sealed class Host : IAsyncLifetime
    {
        /// <summary>A host behind a trusted gateway.</summary>
        public ServiceHost BehindGateway { get; private set; } = null!;

        /// <summary>A host that clients reach directly.</summary>
        public ServiceHost Direct { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var sites = new Dictionary<string, string?>
            {
                ["PublicUrl"] = "https://lms.example/",
                ["Cors:Origins:0"] = "https://Movies.example:8443",
            };
            BehindGateway = await StartAsync(new(sites) { ["ForwardedHeaders:Proxies:0"] = "127.0.0.1" });
            Direct = await StartAsync(sites);
        }

        public async ValueTask DisposeAsync()
        {
            await BehindGateway.DisposeAsync();
            await Direct.DisposeAsync();
        }

        private static Task<ServiceHost> StartAsync(Dictionary<string, string?> settings) =>
            ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.Api | Services.Realtime, Settings = settings });
    }

    [Theory]
    [InlineData("http://{host}", 101)]
    [InlineData("https://{host}", 403)]
    [InlineData("http://127.0.0.1:1", 403)]
    [InlineData("ftp://{host}", 403)]
    [InlineData("https://lms.example", 101)]
    [InlineData("https://lms.example:443", 101)]
    [InlineData("http://lms.example", 403)]
    [InlineData("https://lms.example:444", 403)]
    [InlineData("https://movies.example:8443", 101)]
    [InlineData("http://movies.example:8443", 403)]
    [InlineData("https://movies.example", 403)]
    [InlineData("null", 403)]
    [InlineData("", 403)]
    public Task Scheme_host_and_port_must_match(string origin, int status) => OpenAsync(host.Direct, status, $"Origin: {origin}");

    [Theory]
    [InlineData("https://{host}", "https", 101)]
    [InlineData("http://{host}", "https", 403)]
    [InlineData("http://{host}", "http", 101)]
    public Task A_trusted_gateway_sets_the_clients_scheme(string origin, string scheme, int status) =>
        OpenAsync(host.BehindGateway, status, $"Origin: {origin}", $"X-Forwarded-Proto: {scheme}", "X-Forwarded-For: 192.0.2.7");

    [Fact]
    public Task A_client_cannot_set_its_own_scheme() => OpenAsync(host.Direct, 403, "Origin: https://{host}", "X-Forwarded-Proto: https");

    [Fact]
    public Task Two_origins_are_refused() => OpenAsync(host.Direct, 403, "Origin: http://{host}", "Origin: https://lms.example");

    private static async Task OpenAsync(ServiceHost service, int status, params string[] headers)
    {
        var user = await service.SignInStudentAsync();
        var lines = headers.Select(header => header.Replace("{host}", service.Address.Authority, StringComparison.Ordinal));
        using var client = await RawWebSocket.ConnectAsync(service.Address, RawHub.Target(user.AccessToken), lines);
        Assert.Equal(status, client.Status);
    }
}
