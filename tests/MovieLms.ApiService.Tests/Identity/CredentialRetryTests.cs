using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.ApiService.Tests.Http;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

/// <summary>Retries of requests that contain a password, and of requests whose responses contain a credential.</summary>
public sealed class CredentialRetryTests(IdentityHost fixture) : IClassFixture<IdentityHost>
{
    private readonly ServiceHost _host = fixture.Host;

    [Fact]
    public async Task A_response_with_a_credential_is_not_stored_and_a_repeat_is_409_with_the_resource()
    {
        var user = await _host.SignInStudentAsync();
        await _host.VerifyEmailAsync(user);
        var body = new { currentPassword = user.Password };
        using var first = await IdempotencyTests.SendAsync(user.Client, "/api/auth/totp", "begin", body);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        using var repeat = await IdempotencyTests.SendAsync(user.Client, "/api/auth/totp", "begin", body);
        await repeat.AssertProblemAsync(409);
        var problem = await repeat.JsonAsync();
        Assert.Equal("/api/auth/totp", problem.GetProperty("resource").GetString());
        Assert.Equal(200, problem.GetProperty("firstStatus").GetInt32());
        using var other = await IdempotencyTests.SendAsync(user.Client, "/api/auth/totp", "begin", new { currentPassword = "another" });
        await other.AssertProblemAsync(422);

        using var fresh = await IdempotencyTests.SendAsync(user.Client, "/api/auth/totp", "begin-again", body);
        var secret = (await fresh.JsonAsync()).GetProperty("secret").GetString()!;
        using var confirmed = await IdempotencyTests.SendAsync(
            user.Client,
            "/api/auth/totp/confirm",
            "confirm",
            new { code = SecondStepTests.Code(secret, 0) }
        );
        var recovery = (await confirmed.JsonAsync())
            .GetProperty("recoveryCodes")
            .EnumerateArray()
            .Select(code => code.GetString()!)
            .ToList();
        Assert.Equal(10, recovery.Count);
        var answers = (await ReadKeysAsync(user)).ConvertAll(key => key["answer"].AsBsonDocument);
        Assert.Equal(3, answers.Count);
        Assert.All(answers, answer => Assert.Equal((200, false), (answer["status"].AsInt32, answer.Contains("body"))));
        Assert.DoesNotContain(
            recovery.Append(secret),
            credential => answers.Exists(answer => answer.ToString().Contains(credential, StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task The_stored_fingerprint_of_a_password_cannot_be_guessed()
    {
        var user = await _host.SignInStudentAsync();
        var body = new { currentPassword = user.Password, newPassword = "dolly-zoom-on-the-stairs-7" };
        var rejected = body with { currentPassword = "no" };
        using (var wrong = await IdempotencyTests.SendAsync(user.Client, "/api/auth/change-password", "change", rejected))
            await wrong.AssertProblemAsync(400, "currentPassword");
        using (var changed = await IdempotencyTests.SendAsync(user.Client, "/api/auth/change-password", "change", body))
            Assert.Equal(HttpStatusCode.NoContent, changed.StatusCode);
        // Every earlier token is rejected, so the repeat is, too.
        using (var repeat = await IdempotencyTests.SendAsync(user.Client, "/api/auth/change-password", "change", body))
            await repeat.AssertProblemAsync(401);
        var stored = Assert.Single(await ReadKeysAsync(user)).ToString();
        Assert.Contains("answer", stored);
        foreach (var prefix in new[] { "", "\0" })
        {
            var hash = SHA256.HashData(Encoding.UTF8.GetBytes(prefix + JsonSerializer.Serialize(body)));
            Assert.DoesNotContain(Convert.ToHexStringLower(hash), stored);
        }
    }

    private Task<List<BsonDocument>> ReadKeysAsync(TestUser user) =>
        _host
            .Database.GetCollection<BsonDocument>("idempotencyKeys")
            .Find(new BsonDocument("_id", new BsonRegularExpression($"^{user.Id}:")))
            .ToListAsync();
}
