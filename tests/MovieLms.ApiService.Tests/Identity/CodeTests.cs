using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

public sealed class CodeTests(IdentityHost fixture) : IClassFixture<IdentityHost>
{
    private readonly ServiceHost _host = fixture.Host;

    [Fact]
    public async Task The_code_mailed_at_registration_verifies_the_address()
    {
        var user = await _host.SignInStudentAsync();
        var code = TestMail.ExtractCode(await _host.GetMailTextAsync(user.Email, "Your verification code"));
        Assert.Equal(HttpStatusCode.NoContent, (await VerifyAsync(user, code)).StatusCode);
        var me = await user.Client.GetFromJsonAsync<JsonElement>("/api/auth/me");
        Assert.True(me.GetProperty("emailVerified").GetBoolean());
        Assert.Equal(HttpStatusCode.BadRequest, (await VerifyAsync(user, code)).StatusCode);
    }

    [Fact]
    public async Task Of_fifty_parallel_attempts_with_the_right_code_one_succeeds()
    {
        var user = await _host.SignInStudentAsync();
        var code = TestMail.ExtractCode(await _host.GetMailTextAsync(user.Email, "Your verification code"));
        var responses = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => VerifyAsync(user, code)));
        Assert.Equal(1, responses.Count(response => response.StatusCode == HttpStatusCode.NoContent));
        Assert.DoesNotContain(responses, response => (int)response.StatusCode >= 500);
    }

    [Fact]
    public async Task The_link_mailed_at_registration_verifies_the_address_once_without_a_sign_in()
    {
        var user = await _host.SignInStudentAsync();
        var token = TestMail.ExtractToken(await _host.GetMailTextAsync(user.Email, "Your verification code"));
        var responses = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(_ => _host.Client.PostAsJsonAsync("/api/auth/verify-email", new { token }))
        );
        Assert.Equal(1, responses.Count(response => response.StatusCode == HttpStatusCode.NoContent));
        Assert.Equal(49, responses.Count(response => response.StatusCode == HttpStatusCode.BadRequest));
        Assert.True((await user.Client.GetFromJsonAsync<JsonElement>("/api/auth/me")).GetProperty("emailVerified").GetBoolean());
    }

    [Fact]
    public async Task After_five_wrong_attempts_the_right_code_is_rejected()
    {
        var user = await _host.SignInStudentAsync();
        var code = TestMail.ExtractCode(await _host.GetMailTextAsync(user.Email, "Your verification code"));
        for (var i = 0; i < 5; i++)
            Assert.Equal(HttpStatusCode.BadRequest, (await VerifyAsync(user, code == "000000" ? "000001" : "000000")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await VerifyAsync(user, code)).StatusCode);
    }

    [Theory]
    [InlineData("sms", "verifyPhone", HttpStatusCode.NotImplemented)]
    [InlineData("whatsApp", "verifyPhone", HttpStatusCode.NotImplemented)]
    [InlineData("email", "verifyPhone", HttpStatusCode.BadRequest)]
    [InlineData("pigeon", "verifyPhone", HttpStatusCode.BadRequest)]
    public async Task An_unavailable_channel_is_rejected(string channel, string purpose, HttpStatusCode expected)
    {
        var user = await _host.SignInStudentAsync();
        Assert.Equal(expected, (await user.Client.PostAsJsonAsync("/api/auth/otp", new { channel, purpose })).StatusCode);
    }

    [Fact]
    public async Task At_most_five_codes_are_sent_in_ten_minutes()
    {
        var user = await _host.SignInStudentAsync();
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(
                HttpStatusCode.Accepted,
                (await user.Client.PostAsJsonAsync("/api/auth/otp", new { channel = "email", purpose = "verifyEmail" })).StatusCode
            );
        }

        Assert.Equal(
            HttpStatusCode.TooManyRequests,
            (await user.Client.PostAsJsonAsync("/api/auth/otp", new { channel = "email", purpose = "verifyEmail" })).StatusCode
        );
    }

    private static Task<HttpResponseMessage> VerifyAsync(TestUser user, string code) =>
        user.Client.PostAsJsonAsync("/api/auth/otp/verify", new { purpose = "verifyEmail", code });
}
