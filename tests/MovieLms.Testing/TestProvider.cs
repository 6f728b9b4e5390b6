using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace MovieLms.Testing;

/// <summary>
/// A sign-in provider over real HTTP that behaves like GitHub (OAuth 2.0, <c>/user</c>, <c>/user/emails</c>) and like an OpenID Connect
/// provider (discovery, keys, ID token). Like a real one, it checks the client, the redirect URL, PKCE and single use.
/// </summary>
public sealed class TestProvider : IAsyncDisposable
{
    public const string ClientId = "the-client";
    public const string ClientSecret = "the-client-secret";
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, (string Challenge, string Redirect, string? Nonce)> _codes = new();
    private readonly RSA _rsa = RSA.Create(2048);

    private TestProvider(WebApplication app) => _app = app;

    public string Address => _app.Urls.First();
    public long UserId { get; set; } = 4711;
    public string Name { get; set; } = "Lotte R.";
    public string Email { get; set; } = "lotte@example.test";
    public bool IsEmailVerified { get; set; } = true;
    public bool Denies { get; set; }
    public bool FailsAtToken { get; set; }

    /// <summary>Switches to another user and turns all failures off.</summary>
    public void Reset(string email) => (UserId, Email, IsEmailVerified, Denies, FailsAtToken) = (UserId + 1, email, true, false, false);

    public static async Task<TestProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var provider = new TestProvider(builder.Build());
        provider.Map();
        await provider._app.StartAsync();
        return provider;
    }

    private void Map()
    {
        _app.MapGet("/login/oauth/authorize", Authorize);
        _app.MapPost("/login/oauth/access_token", async (HttpRequest request) => await TokenAsync(request, withIdToken: false));
        _app.MapGet(
            "/user",
            () =>
                Results.Json(
                    new
                    {
                        id = UserId,
                        login = "lotte",
                        name = Name,
                        email = "typed-by-hand@example.test",
                    }
                )
        );
        _app.MapGet(
            "/user/emails",
            () =>
                Results.Json(
                    new object[]
                    {
                        new
                        {
                            email = "other@example.test",
                            primary = false,
                            verified = true,
                        },
                        new
                        {
                            email = Email,
                            primary = true,
                            verified = IsEmailVerified,
                        },
                    }
                )
        );
        _app.MapGet(
            "/.well-known/openid-configuration",
            () =>
                Results.Json(
                    new
                    {
                        issuer = Address,
                        authorization_endpoint = $"{Address}/authorize",
                        token_endpoint = $"{Address}/token",
                        jwks_uri = $"{Address}/keys",
                        response_types_supported = new[] { "code" },
                        id_token_signing_alg_values_supported = new[] { "RS256" },
                    }
                )
        );
        _app.MapGet("/authorize", Authorize);
        _app.MapPost("/token", async (HttpRequest request) => await TokenAsync(request, withIdToken: true));
        _app.MapGet(
            "/keys",
            () =>
            {
                var key = _rsa.ExportParameters(false);
                return Results.Json(
                    new
                    {
                        keys = new[]
                        {
                            new
                            {
                                kty = "RSA",
                                kid = "k1",
                                use = "sig",
                                n = Base64Url.EncodeToString(key.Modulus),
                                e = Base64Url.EncodeToString(key.Exponent),
                            },
                        },
                    }
                );
            }
        );
    }

    private IResult Authorize(HttpContext http)
    {
        var query = http.Request.Query;
        var (redirect, state) = (query["redirect_uri"].ToString(), query["state"].ToString());
        if (query["client_id"] != ClientId || query["code_challenge_method"] != "S256" || state.Length == 0)
            return Results.BadRequest();
        if (Denies)
        {
            return Results.Redirect(
                QueryHelpers.AddQueryString(QueryHelpers.AddQueryString(redirect, "error", "access_denied"), "state", state)
            );
        }

        var code = Guid.NewGuid().ToString("N");
        _codes[code] = (query["code_challenge"]!, redirect, query["nonce"]);
        return Results.Redirect(QueryHelpers.AddQueryString(QueryHelpers.AddQueryString(redirect, "code", code), "state", state));
    }

    private async Task<IResult> TokenAsync(HttpRequest request, bool withIdToken)
    {
        var form = await request.ReadFormAsync();
        if (FailsAtToken)
            return Results.StatusCode(500);
        if (form["client_id"] != ClientId || form["client_secret"] != ClientSecret)
            return Results.Json(new { error = "invalid_client" }, statusCode: 401);
        var challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString())));
        if (
            !_codes.TryRemove(form["code"].ToString(), out var issued)
            || issued.Challenge != challenge
            || issued.Redirect != form["redirect_uri"]
        )
        {
            return Results.Json(new { error = "invalid_grant" }, statusCode: 400);
        }

        return withIdToken
            ? Results.Json(
                new
                {
                    access_token = "t",
                    token_type = "Bearer",
                    expires_in = 60,
                    id_token = IdToken(issued.Nonce),
                }
            )
            : Results.Json(
                new
                {
                    access_token = "t",
                    token_type = "bearer",
                    scope = "read:user,user:email",
                }
            );
    }

    private string IdToken(string? nonce) =>
        new JsonWebTokenHandler().CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = Address,
                Audience = ClientId,
                Claims = new Dictionary<string, object>
                {
                    ["sub"] = $"oidc-{UserId}",
                    ["name"] = Name,
                    ["email"] = Email,
                    ["email_verified"] = IsEmailVerified,
                    ["nonce"] = nonce ?? "",
                },
                SigningCredentials = new SigningCredentials(new RsaSecurityKey(_rsa) { KeyId = "k1" }, SecurityAlgorithms.RsaSha256),
            }
        );

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _rsa.Dispose();
    }
}
