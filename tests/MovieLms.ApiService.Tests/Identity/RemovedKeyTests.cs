using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using MovieLms.Application.Access;
using MovieLms.ServiceDefaults.Access;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

/// <summary>A service that caches a token rejects it soon after its key is no longer published.</summary>
public sealed class RemovedKeyTests : IAsyncLifetime
{
    private const double RefreshSeconds = 2;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private volatile string _published = "";
    private volatile bool _isDown;
    private WebApplication _issuer = null!;
    private ServiceHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _published = Keys();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _issuer = builder.Build();
        _issuer.MapGet("/keys", () => _isDown ? Results.StatusCode(503) : Results.Text(_published, "application/json"));
        await _issuer.StartAsync();
        _host = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.Realtime,
                Settings = new Dictionary<string, string?>
                {
                    ["Auth:KeysAddress"] = $"{_issuer.Urls.First()}/keys",
                    ["Auth:KeysRefreshSeconds"] = $"{RefreshSeconds}",
                },
                Map = app => app.MapGet("/who", (HttpContext http) => http.User.Id()).RequirePermission(Permissions.SignedIn),
            }
        );
    }

    [Fact]
    public async Task A_cached_token_is_rejected_within_the_refresh_period_after_its_key_was_removed()
    {
        using var client = _host.CreateClient(Token(TimeSpan.FromMinutes(10)));
        for (var i = 0; i < 5; i++)
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/who")).StatusCode);
        _published = """{"keys":[]}""";
        // Allows for a slow machine. Polls like an active client.
        await Eventually.WaitUntilAsync(
            async () => (await client.GetAsync("/who")).StatusCode == HttpStatusCode.Unauthorized,
            "the token is rejected",
            RefreshSeconds + 4
        );
    }

    [Fact]
    public async Task While_the_issuer_is_down_known_tokens_are_accepted()
    {
        using var client = _host.CreateClient(Token(TimeSpan.FromMinutes(10)));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/who")).StatusCode);
        _isDown = true;
        await Task.Delay(TimeSpan.FromSeconds(RefreshSeconds + 1));
        var responses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.GetAsync("/who")));
        Assert.All(responses, response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
    }

    [Fact]
    public async Task A_token_with_a_lifetime_above_the_maximum_is_rejected()
    {
        using var client = _host.CreateClient(Token(TimeSpan.FromMinutes(90)));
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/who")).StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _issuer.DisposeAsync();
        _key.Dispose();
    }

    private string Keys()
    {
        var point = _key.ExportParameters(false).Q;
        return $$"""{"keys":[{"kty":"EC","crv":"P-256","use":"sig","kid":"k1","x":"{{Base64UrlEncoder.Encode(point.X)}}","y":"{{Base64UrlEncoder.Encode(point.Y)}}"}]}""";
    }

    private string Token(TimeSpan lifetime)
    {
        var (options, now) = (new TokenOptions(), TimeProvider.System.GetUtcNow().UtcDateTime);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                TokenType = AccessToken.Type,
                Issuer = options.Issuer,
                Audience = options.Audience,
                IssuedAt = now,
                NotBefore = now,
                Expires = now + lifetime,
                Claims = new Dictionary<string, object>
                {
                    ["sub"] = "652f1f77bcf86cd799439011",
                    ["sid"] = "652f1f77bcf86cd799439012",
                    ["gen"] = 0L,
                    ["role"] = "student",
                    ["name"] = "Ida",
                    ["jti"] = "1",
                },
                SigningCredentials = new SigningCredentials(new ECDsaSecurityKey(_key) { KeyId = "k1" }, SecurityAlgorithms.EcdsaSha256),
            }
        );
    }
}
