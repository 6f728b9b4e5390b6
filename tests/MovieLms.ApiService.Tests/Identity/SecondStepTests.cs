using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.ApiService.Identity.Codes;
using MovieLms.Data.Storage;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

public sealed class SecondStepTests : IClassFixture<IdentityHost>
{
    private readonly ServiceHost _host;

    public SecondStepTests(IdentityHost fixture)
        : this(fixture.Host) { }

    private SecondStepTests(ServiceHost host) => _host = host;

    // RFC 6238, appendix B, the SHA-1 column.
    [Theory]
    [InlineData(59, "94287082")]
    [InlineData(1111111109, "07081804")]
    [InlineData(1111111111, "14050471")]
    [InlineData(1234567890, "89005924")]
    [InlineData(2000000000, "69279037")]
    [InlineData(20000000000, "65353130")]
    public void Codes_match_the_test_vectors_of_RFC_6238(long seconds, string expected) =>
        Assert.Equal(
            expected,
            Totp.Code(Encoding.ASCII.GetBytes("12345678901234567890"), Totp.StepAt(DateTimeOffset.FromUnixTimeSeconds(seconds)), digits: 8)
        );

    // RFC 4648, section 10, without the padding.
    [Theory]
    [InlineData("", "")]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foo", "MZXW6")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Base32_matches_the_test_vectors_of_RFC_4648(string text, string expected) =>
        Assert.Equal(expected, Totp.Base32(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public async Task With_the_second_step_on_a_password_returns_a_challenge_and_a_code_completes_it_once()
    {
        var (user, secret, recovery) = await TurnOnAsync();
        var challenge = await ChallengeAsync(user);
        var code = Code(secret, 1);
        var wrong = await VerifyAsync(challenge, code == "000000" ? "000001" : "000000");
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        var right = await VerifyAsync(challenge, code);
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        Assert.True((await right.Content.ReadFromJsonAsync<JsonElement>()).TryGetProperty("accessToken", out _));
        Assert.Equal(HttpStatusCode.Unauthorized, (await VerifyAsync(challenge, code)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await VerifyAsync(await ChallengeAsync(user), code)).StatusCode);
        Assert.Equal(10, recovery.Length);
    }

    [Fact]
    public async Task A_recovery_code_completes_a_challenge_once()
    {
        var (user, _, recovery) = await TurnOnAsync();
        Assert.Equal(HttpStatusCode.OK, (await VerifyAsync(await ChallengeAsync(user), recovery[0])).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await VerifyAsync(await ChallengeAsync(user), recovery[0])).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await VerifyAsync(await ChallengeAsync(user), recovery[1])).StatusCode);
    }

    [Fact]
    public async Task Of_parallel_uses_of_a_recovery_code_one_succeeds()
    {
        var (user, _, recovery) = await TurnOnAsync();
        var challenges = new List<string>();
        for (var i = 0; i < 5; i++)
            challenges.Add(await ChallengeAsync(user));
        var responses = await Task.WhenAll(challenges.Select(challenge => VerifyAsync(challenge, recovery[0])));
        Assert.Equal(1, responses.Count(response => response.StatusCode == HttpStatusCode.OK));
    }

    [Fact]
    public async Task Of_fifty_parallel_attempts_with_the_right_code_one_succeeds()
    {
        await using var unlimited = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.Api,
                Settings = new Dictionary<string, string?>
                {
                    ["RateLimits:SecondStep:Permits"] = "1000",
                    ["RateLimits:LoginAccount:Permits"] = "1000",
                },
            }
        );
        var tests = new SecondStepTests(unlimited);
        var (user, secret, recovery) = await tests.TurnOnAsync();
        var challenge = await tests.ChallengeAsync(user);
        // Computed once, because the same call half a minute later would return another, unused code.
        var code = Code(secret, 1);
        Assert.Equal(1, await tests.SuccessesAsync(Enumerable.Repeat(challenge, 50), code));
        var challenges = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => tests.ChallengeAsync(user)));
        Assert.Equal(1, await tests.SuccessesAsync(challenges, recovery[0]));
        Assert.Equal(0, await tests.SuccessesAsync(challenges.Take(5), code));
        // Another user, because the wrong attempts above would delay the next code.
        (user, _, recovery) = await tests.TurnOnAsync();
        Assert.Equal(1, await tests.SuccessesAsync(Enumerable.Repeat(await tests.ChallengeAsync(user), 50), recovery[1]));
    }

    private async Task<int> SuccessesAsync(IEnumerable<string> challenges, string code)
    {
        var responses = await Task.WhenAll(challenges.Select(challenge => VerifyAsync(challenge, code)));
        Assert.DoesNotContain(responses, response => (int)response.StatusCode >= 500);
        return responses.Count(response => response.StatusCode == HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_password_reset_does_not_bypass_the_second_step()
    {
        var (user, _, _) = await TurnOnAsync();
        (await _host.Client.PostAsJsonAsync("/api/auth/forgot-password", new { email = user.Email })).EnsureSuccessStatusCode();
        var token = TestMail.ExtractToken(await _host.GetMailTextAsync(user.Email, "Set a new password"));
        (
            await _host.Client.PostAsJsonAsync($"/api/auth/reset-password/{token}", new { newPassword = "whip-pan-to-the-door-3" })
        ).EnsureSuccessStatusCode();
        Assert.NotEmpty(await ChallengeAsync(user with { Password = "whip-pan-to-the-door-3" }));
    }

    [Fact]
    public async Task Turning_the_second_step_off_requires_a_code()
    {
        var (user, _, recovery) = await TurnOnAsync();
        Assert.Equal(HttpStatusCode.BadRequest, (await RemoveAsync(user, "wrong-code1")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await RemoveAsync(user, recovery[3])).StatusCode);
        await _host.LogInAsync(user.Email, user.Password);
    }

    [Fact]
    public async Task The_stored_secret_is_encrypted()
    {
        var (user, secret, _) = await TurnOnAsync();
        var stored = await StoredUserAsync(user);
        Assert.DoesNotContain(secret, stored);
        Assert.DoesNotContain(Convert.ToBase64String(Bytes(secret)), stored);
    }

    private Task<(TestUser User, string Secret, string[] Recovery)> TurnOnAsync() => TurnOnAsync(_host);

    /// <summary>Creates a verified student with the second step on.</summary>
    internal static async Task<(TestUser User, string Secret, string[] Recovery)> TurnOnAsync(ServiceHost host)
    {
        var user = await host.SignInStudentAsync();
        await host.VerifyEmailAsync(user);
        var response = await user.Client.PostAsJsonAsync("/api/auth/totp", new { currentPassword = user.Password });
        var begun = await response.Content.ReadFromJsonAsync<JsonElement>();
        var secret = begun.GetProperty("secret").GetString()!;
        Assert.Contains($"secret={secret}", begun.GetProperty("uri").GetString());
        var confirmed = await user.Client.PostAsJsonAsync("/api/auth/totp/confirm", new { code = Code(secret, 0) });
        confirmed.EnsureSuccessStatusCode();
        var recovery = (await confirmed.Content.ReadFromJsonAsync<JsonElement>())
            .GetProperty("recoveryCodes")
            .EnumerateArray()
            .Select(code => code.GetString()!)
            .ToArray();
        return (user, secret, recovery);
    }

    private async Task<string> ChallengeAsync(TestUser user)
    {
        var login = await _host.Client.PostAsJsonAsync("/api/auth/login", new { email = user.Email, password = user.Password });
        login.EnsureSuccessStatusCode();
        var response = await login.Content.ReadFromJsonAsync<JsonElement>();
        Assert.False(response.TryGetProperty("accessToken", out _));
        return response.GetProperty("challenge").GetString()!;
    }

    private Task<HttpResponseMessage> VerifyAsync(string challenge, string code) =>
        _host.Client.PostAsJsonAsync("/api/auth/login/verify", new { challenge, code });

    private static Task<HttpResponseMessage> RemoveAsync(TestUser user, string code) =>
        user.Client.SendAsync(new HttpRequestMessage(HttpMethod.Delete, "/api/auth/totp") { Content = JsonContent.Create(new { code }) });

    private async Task<string> StoredUserAsync(TestUser user)
    {
        var users = _host.Database.GetCollection<BsonDocument>(CollectionNames.Users);
        return (await users.Find(new BsonDocument("email", user.Email)).SingleAsync()).ToString();
    }

    internal static string Code(string secret, int stepsAhead) =>
        Totp.Code(Bytes(secret), Totp.StepAt(TimeProvider.System.GetUtcNow()) + stepsAhead);

    private static byte[] Bytes(string base32)
    {
        var bits = string.Concat(
            base32.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0'))
        );
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))];
    }
}
