using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

/// <summary>Only the client that began a sign-in at a provider can exchange its code.</summary>
public sealed class ExchangeBindingTests : IClassFixture<ExternalSignInHost>
{
    private const string Verifier = "a-verifier-of-the-client-with-more-than-43-characters";
    private readonly ServiceHost _host;

    public ExchangeBindingTests(ExternalSignInHost fixture)
    {
        _host = fixture.Host;
        fixture.Provider.Reset(TestUsers.NewEmail());
    }

    [Fact]
    public async Task A_stolen_code_fails_without_the_browsers_cookie_and_becomes_invalid()
    {
        using var browser = Browser();
        var code = await CodeAsync(browser, "");
        Assert.Equal(HttpStatusCode.Unauthorized, (await _host.Client.PostAsJsonAsync("/api/auth/exchange", new { code })).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.PostAsJsonAsync("/api/auth/exchange", new { code })).StatusCode);
    }

    /// <summary>An attacker signs in with their own account and makes the victim's browser exchange the code.</summary>
    [Fact]
    public async Task A_code_planted_in_a_browser_with_its_own_sign_in_fails()
    {
        using var attacker = Browser();
        using var victim = Browser();
        Assert.Equal(HttpStatusCode.Redirect, (await victim.GetAsync("/api/auth/github")).StatusCode);
        var code = await CodeAsync(attacker, "");
        Assert.Equal(HttpStatusCode.Unauthorized, (await victim.PostAsJsonAsync("/api/auth/exchange", new { code })).StatusCode);
    }

    [Fact]
    public async Task Two_tabs_of_one_browser_can_both_sign_in()
    {
        using var browser = Browser();
        var codes = new[] { await CodeAsync(browser, ""), await CodeAsync(browser, "") };
        foreach (var code in codes)
            Assert.Equal(HttpStatusCode.OK, (await browser.PostAsJsonAsync("/api/auth/exchange", new { code })).StatusCode);
    }

    [Fact]
    public async Task With_a_challenge_the_verifier_is_required_and_no_cookie()
    {
        using var browser = Browser();
        var query =
            $"?code_challenge={Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)))}&code_challenge_method=S256";
        var code = await CodeAsync(browser, query);
        Assert.Equal(
            HttpStatusCode.OK,
            (await _host.Client.PostAsJsonAsync("/api/auth/exchange", new { code, codeVerifier = Verifier })).StatusCode
        );
        foreach (var codeVerifier in (string?[])[null, Verifier + "x", "short", "S256"])
        {
            code = await CodeAsync(browser, query);
            Assert.Equal(
                HttpStatusCode.Unauthorized,
                (await browser.PostAsJsonAsync("/api/auth/exchange", new { code, codeVerifier })).StatusCode
            );
        }
        // A verifier does not exchange the code of a sign-in without a challenge.
        code = await CodeAsync(browser, "");
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await browser.PostAsJsonAsync("/api/auth/exchange", new { code, codeVerifier = Verifier })).StatusCode
        );
    }

    [Theory]
    [InlineData("?code_challenge=abc&code_challenge_method=S256", "code_challenge")]
    [InlineData("?code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=plain", "code_challenge_method")]
    [InlineData("?code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method")]
    [InlineData("?code_challenge_method=S256", "code_challenge")]
    public async Task An_invalid_challenge_returns_400(string query, string field)
    {
        var response = await _host.Client.GetAsync("/api/auth/github" + query);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains($"\"{field}\"", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task With_HTTPS_every_cookie_of_the_sign_in_is_secure_and_has_a_prefix()
    {
        await using var provider = await TestProvider.StartAsync();
        await using var secure = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.Api,
                Settings = new Dictionary<string, string?>
                {
                    ["PublicUrl"] = "https://film.example",
                    ["Auth:Providers:school:Authority"] = provider.Address,
                    ["Auth:Providers:school:ClientId"] = TestProvider.ClientId,
                    ["Auth:Providers:school:ClientSecret"] = TestProvider.ClientSecret,
                },
            }
        );
        using var begun = await secure.Client.GetAsync("/api/auth/school");
        var cookies = begun.Headers.GetValues("Set-Cookie").ToArray();
        Assert.Equal(3, cookies.Length);
        Assert.All(cookies, cookie => Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase));
        Assert.All(cookies, cookie => Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase));
        Assert.Equal(2, cookies.Count(cookie => cookie.StartsWith("__Secure-", StringComparison.Ordinal)));
        var host = Assert.Single(cookies, cookie => cookie.StartsWith("__Host-movielms-sign-in=", StringComparison.Ordinal));
        Assert.Contains("path=/;", host + ";", StringComparison.OrdinalIgnoreCase);
    }

    private HttpClient Browser() =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = _host.Address };

    private static async Task<string> CodeAsync(HttpClient browser, string query)
    {
        var begun = await browser.GetAsync("/api/auth/github" + query);
        var authorized = await browser.GetAsync(begun.Headers.Location);
        var ended = await browser.GetAsync(authorized.Headers.Location);
        return QueryHelpers.ParseQuery(ended.Headers.Location!.Query)["code"].ToString();
    }
}
