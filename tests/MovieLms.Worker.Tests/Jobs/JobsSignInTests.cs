using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.ServiceDefaults.Access;
using MovieLms.Testing;

namespace MovieLms.Worker.Tests.Jobs;

/// <summary>The dashboard's sign-in as a browser uses it: the page signs in at the API and posts the access token.</summary>
public sealed partial class JobsSignInTests : IAsyncLifetime
{
    private ServiceHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.Api | Services.Worker });
        await JobsTests.StorageAsync(_host);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_browser_is_redirected_to_the_page_and_gets_a_cookie_that_scripts_cannot_read()
    {
        using var browser = Browser();
        Assert.Equal("/jobs/sign-in", (await browser.GetAsync("/jobs")).Headers.Location!.ToString());
        using var signedIn = await browser.PostAsJsonAsync(
            "/jobs/sign-in",
            new { accessToken = (await _host.SignInAdminAsync()).AccessToken }
        );
        Assert.Equal(HttpStatusCode.NoContent, signedIn.StatusCode);
        var cookie = Assert.Single(signedIn.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith("movielms-jobs=", cookie);
        foreach (var attribute in (string[])["httponly", "samesite=strict", "path=/jobs"])
            Assert.Contains(attribute, cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/jobs")).StatusCode);
    }

    [Fact]
    public async Task The_page_has_labels_and_runs_only_its_own_script()
    {
        using var response = await _host.Client.GetAsync("/jobs/sign-in");
        var html = await response.Content.ReadAsStringAsync();
        var script = Script().Match(html).Groups[1].Value;
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)));
        Assert.Contains($"script-src 'sha256-{hash}'", response.Headers.GetValues("Content-Security-Policy").Single());
        foreach (var field in (string[])["email", "password", "code"])
            Assert.Contains($"<label for=\"{field}\">", html);
        Assert.Contains("prefers-color-scheme:dark", html);
        // The script calls the API from the browser, so that rate limits and the audit log see the visitor's address.
        Assert.Contains("'/api/auth/login'", script);
        Assert.Contains("'/api/auth/login/verify'", script);
    }

    [Fact]
    public async Task An_administrator_with_a_second_factor_signs_in()
    {
        var admin = await _host.SignInAdminAsync();
        var begun = await (
            await admin.Client.PostAsJsonAsync("/api/auth/totp", new { currentPassword = admin.Password })
        ).Content.ReadFromJsonAsync<JsonElement>();
        var secret = begun.GetProperty("secret").GetString()!;
        (await admin.Client.PostAsJsonAsync("/api/auth/totp/confirm", new { code = Code(secret, 0) })).EnsureSuccessStatusCode();
        using var browser = Browser();
        var first = await (
            await browser.PostAsJsonAsync("/api/auth/login", new { email = admin.Email, password = admin.Password })
        ).Content.ReadFromJsonAsync<JsonElement>();
        var challenge = first.GetProperty("challenge").GetString();
        var second = await (
            await browser.PostAsJsonAsync("/api/auth/login/verify", new { challenge, code = Code(secret, 1) })
        ).Content.ReadFromJsonAsync<JsonElement>();
        (
            await browser.PostAsJsonAsync("/jobs/sign-in", new { accessToken = second.GetProperty("accessToken").GetString() })
        ).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/jobs")).StatusCode);
    }

    [Fact]
    public async Task An_unknown_page_of_the_dashboard_returns_404()
    {
        using var admin = (await _host.SignInAdminAsync()).Client;
        foreach (var request in (HttpRequestMessage[])[new(HttpMethod.Get, "/jobs/none"), new(HttpMethod.Delete, "/jobs/sign-in")])
        {
            using var response = await admin.SendAsync(request);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        }
    }

    [Fact]
    public async Task A_revoked_token_or_another_role_is_rejected()
    {
        var (admin, student) = (await _host.SignInAdminAsync(), await _host.SignInStudentAsync());
        using var browser = Browser();
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await browser.PostAsJsonAsync("/jobs/sign-in", new { accessToken = "made.up.token" })).StatusCode
        );
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.PostAsJsonAsync("/jobs/sign-in", new { })).StatusCode);
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await browser.PostAsJsonAsync("/jobs/sign-in", new { accessToken = student.AccessToken })).StatusCode
        );
        (await browser.PostAsJsonAsync("/jobs/sign-in", new { accessToken = admin.AccessToken })).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/jobs")).StatusCode);
        (await admin.Client.PostAsync("/api/auth/logout", null)).EnsureSuccessStatusCode();
        Assert.Equal("/jobs/sign-in", (await browser.GetAsync("/jobs")).Headers.Location?.ToString());
    }

    [Fact]
    public async Task The_cookie_is_not_accepted_before_the_revocations_are_read()
    {
        var admin = await _host.SignInAdminAsync();
        await using var withoutRevocations = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.Api | Services.Worker,
                Name = _host.Name,
                Configure = services => services.AddSingleton<RevocationReader>((_, _) => throw new TimeoutException()),
            }
        );
        using var request = new HttpRequestMessage(HttpMethod.Get, "/jobs");
        request.Headers.Add("Cookie", $"movielms-jobs={admin.AccessToken}");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await withoutRevocations.Client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task The_cookie_has_a_prefix_under_HTTPS()
    {
        await using var secure = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.Api | Services.Worker,
                Settings = new Dictionary<string, string?> { ["PublicUrl"] = "https://movies.example" },
            }
        );
        var admin = await secure.SignInAdminAsync();
        using var signedIn = await secure.Client.PostAsJsonAsync("/jobs/sign-in", new { accessToken = admin.AccessToken });
        var cookie = Assert.Single(signedIn.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith("__Secure-movielms-jobs=", cookie);
        Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase);
    }

    private HttpClient Browser()
    {
        var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() })
        {
            BaseAddress = _host.Address,
        };
        browser.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        return browser;
    }

    /// <summary>Computes a code (RFC 6238) as an authenticator app does.</summary>
    private static string Code(string secret, int stepsAhead)
    {
        var bits = string.Concat(
            secret.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0'))
        );
        var key = Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2)).ToArray();
        var counter = BitConverter.GetBytes(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 30 + stepsAhead).Reverse().ToArray();
#pragma warning disable CA5350 // Authenticator apps use HMAC-SHA-1.
        var mac = HMACSHA1.HashData(key, counter);
#pragma warning restore CA5350
        var offset = mac[^1] & 15;
        var number = ((mac[offset] & 127) << 24) | (mac[offset + 1] << 16) | (mac[offset + 2] << 8) | mac[offset + 3];
        return $"{number % 1_000_000:D6}";
    }

    [GeneratedRegex("<script>(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Script();
}
