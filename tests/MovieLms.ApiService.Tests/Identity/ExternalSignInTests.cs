using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

/// <summary>A provider and a host that is configured for it, shared by the tests of a class.</summary>
public sealed class ExternalSignInHost : IAsyncLifetime
{
    internal const string ReturnUrl = "https://film.example/signed-in";

    internal TestProvider Provider { get; private set; } = null!;
    internal ServiceHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Provider = await TestProvider.StartAsync();
        var settings = new Dictionary<string, string?>
        {
            ["Auth:ReturnUrls:0"] = ReturnUrl,
            ["Auth:Providers:github:Authority"] = Provider.Address,
            ["Auth:Providers:github:ApiAddress"] = Provider.Address,
            ["Auth:Providers:school:Authority"] = Provider.Address,
        };
        foreach (var name in (string[])["github", "school"])
        {
            settings[$"Auth:Providers:{name}:ClientId"] = TestProvider.ClientId;
            settings[$"Auth:Providers:{name}:ClientSecret"] = TestProvider.ClientSecret;
        }
        Host = await ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.Api, Settings = settings });
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Provider.DisposeAsync();
    }
}

public sealed class ExternalSignInTests : IClassFixture<ExternalSignInHost>
{
    private const string ReturnUrl = ExternalSignInHost.ReturnUrl;
    private readonly TestProvider _provider;
    private readonly ServiceHost _host;

    public ExternalSignInTests(ExternalSignInHost fixture)
    {
        (_provider, _host) = (fixture.Provider, fixture.Host);
        _provider.Reset(TestUsers.NewEmail());
    }

    [Theory]
    [InlineData("github")]
    [InlineData("school")]
    public async Task The_first_sign_in_creates_a_verified_user_and_the_next_one_finds_it(string provider)
    {
        using var browser = Browser();
        var first = await MeAsync(await ExchangeAsync(browser, await SignInAsync(browser, provider)));
        Assert.Equal(_provider.Email, first.GetProperty("email").GetString());
        Assert.True(first.GetProperty("emailVerified").GetBoolean());
        Assert.Equal("student", first.GetProperty("role").GetString());
        // The provider's ID identifies the account, because an address can change hands.
        _provider.Email = TestUsers.NewEmail();
        var second = await MeAsync(await ExchangeAsync(browser, await SignInAsync(browser, provider)));
        Assert.Equal(first.GetProperty("id").GetString(), second.GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_code_works_once_even_with_parallel_attempts()
    {
        using var browser = Browser();
        var code = (await SignInAsync(browser, "github"))["code"];
        var responses = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(_ => browser.PostAsJsonAsync("/api/auth/exchange", new { code }))
        );
        Assert.Equal(1, responses.Count(response => response.StatusCode == HttpStatusCode.OK));
        Assert.Equal(49, responses.Count(response => response.StatusCode == HttpStatusCode.Unauthorized));
    }

    [Fact]
    public async Task An_unverified_address_creates_no_user()
    {
        _provider.IsEmailVerified = false;
        using var browser = Browser();
        Assert.Equal("unverified_email", (await SignInAsync(browser, "github"))["error"]);
        Assert.Equal("unverified_email", (await SignInAsync(browser, "school"))["error"]);
    }

    [Fact]
    public async Task An_existing_account_is_linked_only_if_its_address_is_verified_here_too()
    {
        var user = await _host.SignInStudentAsync();
        _provider.Email = user.Email;
        using var browser = Browser();
        Assert.Equal("email_not_verified_here", (await SignInAsync(browser, "github"))["error"]);
        await _host.VerifyEmailAsync(user);
        var linked = await MeAsync(await ExchangeAsync(browser, await SignInAsync(browser, "github")));
        Assert.Equal(user.Id, linked.GetProperty("id").GetString());
        await _host.LogInAsync(user.Email, user.Password);
        Assert.Contains("github", await _host.GetMailTextAsync(user.Email, "A new way to sign in"));
    }

    [Fact]
    public async Task Linking_an_account_verified_only_by_a_link_removes_its_password_and_sessions()
    {
        // A squatter registers another person's address. The owner opens the mailed link and later signs in through a provider.
        var squatter = await _host.SignInStudentAsync();
        var token = TestMail.ExtractToken(await _host.GetMailTextAsync(squatter.Email, "Your verification code"));
        (await _host.Client.PostAsJsonAsync("/api/auth/verify-email", new { token })).EnsureSuccessStatusCode();
        _provider.Email = squatter.Email;
        using var browser = Browser();
        var owner = await MeAsync(await ExchangeAsync(browser, await SignInAsync(browser, "school")));
        Assert.Equal(squatter.Id, owner.GetProperty("id").GetString());
        Assert.Equal(HttpStatusCode.Unauthorized, (await squatter.Client.GetAsync("/api/auth/me")).StatusCode);
        using var login = await _host.Client.PostAsJsonAsync(
            "/api/auth/login",
            new { email = squatter.Email, password = squatter.Password }
        );
        Assert.Equal(HttpStatusCode.Unauthorized, login.StatusCode);
        using var refresh = await _host.Client.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = squatter.RefreshToken });
        Assert.Equal(HttpStatusCode.Unauthorized, refresh.StatusCode);
        Assert.Contains("school", await _host.GetMailTextAsync(squatter.Email, "Your password was removed"));
    }

    [Fact]
    public async Task A_denial_redirects_with_an_error()
    {
        _provider.Denies = true;
        using var browser = Browser();
        Assert.Equal("access_denied", (await SignInAsync(browser, "github"))["error"]);
        Assert.Equal("access_denied", (await SignInAsync(browser, "school"))["error"]);
    }

    [Fact]
    public async Task A_failing_provider_redirects_with_an_error()
    {
        _provider.FailsAtToken = true;
        using var browser = Browser();
        Assert.Equal("provider_failed", (await SignInAsync(browser, "github"))["error"]);
    }

    [Theory]
    [InlineData("github")]
    [InlineData("school")]
    public async Task A_wrong_state_is_rejected(string provider)
    {
        using var browser = Browser();
        var callback = await CallbackAsync(browser, provider);
        var response = await browser.GetAsync(callback.Replace("state=", "state=x", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Another_browser_cannot_complete_a_sign_in()
    {
        using var browser = Browser();
        using var other = Browser();
        Assert.Equal(HttpStatusCode.BadRequest, (await other.GetAsync(await CallbackAsync(browser, "github"))).StatusCode);
    }

    [Fact]
    public async Task A_repeated_callback_returns_no_second_code()
    {
        using var browser = Browser();
        var callback = await CallbackAsync(browser, "github");
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync(callback)).StatusCode);
        var again = await browser.GetAsync(callback);
        Assert.DoesNotContain("code=", again.Headers.Location?.ToString() ?? "");
        Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("https://film.example/signed-in/../x")]
    [InlineData("https://film.example.evil.example/signed-in")]
    [InlineData("//evil.example")]
    public async Task An_unlisted_return_url_is_rejected(string returnUrl) =>
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await _host.Client.GetAsync($"/api/auth/github?returnUrl={Uri.EscapeDataString(returnUrl)}")).StatusCode
        );

    [Theory]
    [InlineData("remote-sign-out")]
    [InlineData("signed-out-callback")]
    public async Task A_provider_cannot_sign_users_out(string path)
    {
        using var response = await _host.Client.GetAsync($"/api/auth/school/{path}");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task An_unconfigured_provider_returns_501_and_an_unknown_one_404()
    {
        Assert.Equal(HttpStatusCode.NotImplemented, (await _host.Client.GetAsync("/api/auth/google")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _host.Client.GetAsync("/api/auth/myspace")).StatusCode);
    }

    private HttpClient Browser() =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = _host.Address };

    /// <summary>Signs in at the provider and returns the callback URL that it redirects to.</summary>
    private static async Task<string> CallbackAsync(HttpClient browser, string provider)
    {
        var begun = await browser.GetAsync($"/api/auth/{provider}");
        Assert.Equal(HttpStatusCode.Redirect, begun.StatusCode);
        var authorized = await browser.GetAsync(begun.Headers.Location);
        Assert.Equal(HttpStatusCode.Redirect, authorized.StatusCode);
        return authorized.Headers.Location!.ToString();
    }

    /// <summary>Completes a sign-in and returns the query parameters of the final redirect.</summary>
    private static async Task<Dictionary<string, string>> SignInAsync(HttpClient browser, string provider)
    {
        var ended = await browser.GetAsync(await CallbackAsync(browser, provider));
        Assert.Equal(HttpStatusCode.Redirect, ended.StatusCode);
        Assert.StartsWith(ReturnUrl, ended.Headers.Location!.ToString());
        return QueryHelpers.ParseQuery(ended.Headers.Location.Query).ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
    }

    private static async Task<string> ExchangeAsync(HttpClient browser, Dictionary<string, string> result)
    {
        var response = await browser.PostAsJsonAsync("/api/auth/exchange", new { code = result["code"] });
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString()!;
    }

    private async Task<JsonElement> MeAsync(string accessToken) =>
        await _host.CreateClient(accessToken).GetFromJsonAsync<JsonElement>("/api/auth/me");
}
