using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

/// <summary>A host that is configured with the test's own signing key.</summary>
public sealed class KnownKeyHost : IAsyncLifetime
{
    internal ECDsa Key { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    internal ServiceHost Host { get; private set; } = null!;
    internal TestUser User { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Host = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.Api,
                Settings = new Dictionary<string, string?> { ["Auth:SigningKeys:0"] = Key.ExportPkcs8PrivateKeyPem() },
            }
        );
        User = await Host.SignInStudentAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Key.Dispose();
    }
}

/// <summary>The pitfalls of RFC 8725, each as a token that must be rejected.</summary>
public sealed class AccessTokenTests(KnownKeyHost fixture) : IClassFixture<KnownKeyHost>
{
    private readonly ECDsa _key = fixture.Key;
    private readonly ServiceHost _host = fixture.Host;
    private readonly TestUser _user = fixture.User;

    [Fact]
    public async Task A_token_signed_with_the_key_and_with_valid_claims_is_accepted() =>
        Assert.Equal(HttpStatusCode.OK, await SendAsync(Sign(Header(), Payload())));

    [Fact]
    public async Task Algorithm_none_is_rejected()
    {
        var header = Header();
        header["alg"] = "none";
        var unsigned = $"{Part(header)}.{Part(Payload())}.";
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(unsigned));
        header["alg"] = "None";
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(Sign(header, Payload())));
    }

    [Theory]
    [InlineData("pem")]
    [InlineData("spki")]
    [InlineData("point")]
    public async Task A_MAC_created_with_the_public_key_is_rejected(string form)
    {
        var header = Header();
        header["alg"] = "HS256";
        var point = _key.ExportParameters(false).Q;
        var secret = form switch
        {
            "pem" => Encoding.ASCII.GetBytes(_key.ExportSubjectPublicKeyInfoPem()),
            "spki" => _key.ExportSubjectPublicKeyInfo(),
            _ => [.. point.X!, .. point.Y!],
        };
        var signed = $"{Part(header)}.{Part(Payload())}";
        var token = $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed)))}";
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(token));
    }

    public static TheoryData<string, string, string?> WrongClaims =>
        new()
        {
            { "wrong issuer", "iss", "\"https://evil.example\"" },
            { "no issuer", "iss", null },
            { "wrong audience", "aud", "\"another-service\"" },
            { "no audience", "aud", null },
            { "expired", "exp", "1000000000" },
            { "no expiry", "exp", null },
            { "not yet valid", "nbf", "4000000000" },
            { "valid for many years", "exp", "4000000000" },
            { "no issue time", "iat", null },
            { "issued in the future", "iat", "4000000000" },
            { "no subject", "sub", null },
            { "no session", "sid", null },
            { "no generation", "gen", null },
        };

    [Theory]
    [MemberData(nameof(WrongClaims))]
    public async Task A_token_with_a_wrong_claim_is_rejected(string reason, string claim, string? json)
    {
        var payload = Payload();
        payload.Remove(claim);
        if (json is not null)
            payload[claim] = JsonNode.Parse(json);
        Assert.True(await SendAsync(Sign(Header(), payload)) == HttpStatusCode.Unauthorized, reason);
    }

    [Theory]
    [InlineData("kid", "\"unknown\"")]
    [InlineData("kid", null)]
    [InlineData("kid", "\"../../etc/passwd\"")]
    [InlineData("typ", "\"JWT\"")]
    [InlineData("typ", "\"refresh+jwt\"")]
    [InlineData("typ", null)]
    [InlineData("alg", "\"ES384\"")]
    [InlineData("alg", "\"RS256\"")]
    [InlineData("crit", "[\"b64\"]")]
    public async Task A_token_with_a_wrong_header_is_rejected(string member, string? json)
    {
        var header = Header();
        header.Remove(member);
        if (json is not null)
            header[member] = JsonNode.Parse(json);
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(Sign(header, Payload())));
    }

    [Fact]
    public async Task A_key_embedded_in_the_token_is_not_used()
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = own.ExportParameters(false).Q;
        var header = Header();
        header["jwk"] = new JsonObject
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["x"] = Base64Url.EncodeToString(point.X),
            ["y"] = Base64Url.EncodeToString(point.Y),
        };
        header["jku"] = "https://evil.example/jwks.json";
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(Sign(header, Payload(), own)));
    }

    [Fact]
    public async Task A_tampered_token_is_rejected()
    {
        var parts = _user.AccessToken.Split('.');
        var payload = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!.AsObject();
        payload["role"] = "admin";
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync($"{parts[0]}.{Part(payload)}.{parts[2]}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync($"{parts[0]}.{parts[1]}.{parts[2][..^4]}AAAA"));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync($"{parts[0]}.{parts[1]}."));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("..")]
    [InlineData("a.b.c")]
    [InlineData("a.b.c.d.e")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.e30.")]
    public async Task A_malformed_token_is_rejected(string text) => Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(text));

    [Fact]
    public async Task A_very_long_token_is_rejected() =>
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(Sign(Header(), Payload()) + new string('A', 6_000)));

    [Fact]
    public async Task A_refresh_token_is_not_accepted_as_an_access_token() =>
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(_user.RefreshToken));

    [Fact]
    public async Task The_published_keys_contain_no_private_part_and_validate_the_tokens()
    {
        var keys = await _host.Client.GetFromJsonAsync<JsonElement>("/.well-known/jwks.json");
        var key = Assert.Single(keys.GetProperty("keys").EnumerateArray());
        Assert.False(key.TryGetProperty("d", out _));
        Assert.Equal("ES256", key.GetProperty("alg").GetString());
        var header = JsonNode.Parse(Base64Url.DecodeFromChars(_user.AccessToken.Split('.')[0]))!;
        Assert.Equal(key.GetProperty("kid").GetString(), (string?)header["kid"]);
    }

    private JsonObject Header() => JsonNode.Parse(Base64Url.DecodeFromChars(_user.AccessToken.Split('.')[0]))!.AsObject();

    private JsonObject Payload() => JsonNode.Parse(Base64Url.DecodeFromChars(_user.AccessToken.Split('.')[1]))!.AsObject();

    private static string Part(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));

    private string Sign(JsonObject header, JsonObject payload, ECDsa? key = null)
    {
        var signed = $"{Part(header)}.{Part(payload)}";
        return $"{signed}.{Base64Url.EncodeToString((key ?? _key).SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    private async Task<HttpStatusCode> SendAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/auth/me");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        return (await _host.Client.SendAsync(request)).StatusCode;
    }
}
