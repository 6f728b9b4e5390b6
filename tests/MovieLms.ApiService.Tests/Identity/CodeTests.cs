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
        var code = TestMail.CodeIn(await _host.MailTextAsync(user.Email, "Your verification code"));
        Assert.Equal(HttpStatusCode.NoContent, (await Verify(user, code)).StatusCode);
        var me = await user.Client.GetFromJsonAsync<JsonElement>("/api/auth/me");
        Assert.True(me.GetProperty("emailVerified").GetBoolean());
        Assert.Equal(HttpStatusCode.BadRequest, (await Verify(user, code)).StatusCode);
    }

    [Fact]
    public async Task Of_fifty_parallel_tries_of_a_right_code_one_works()
    {
        var user = await _host.SignInStudentAsync();
        var code = TestMail.CodeIn(await _host.MailTextAsync(user.Email, "Your verification code"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Verify(user, code)));
        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.NoContent));
        Assert.DoesNotContain(answers, answer => (int)answer.StatusCode >= 500);
    }

    [Fact]
    public async Task The_link_mailed_at_registration_verifies_the_address_once_without_a_sign_in()
    {
        var user = await _host.SignInStudentAsync();
        var token = TestMail.TokenIn(await _host.MailTextAsync(user.Email, "Your verification code"));
        Assert.Equal(HttpStatusCode.OK, (await _host.Client.GetAsync("/account/verify")).StatusCode);
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(_ => _host.Client.PostAsJsonAsync("/api/auth/verify-email", new { token }))
        );
        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.NoContent));
        Assert.Equal(49, answers.Count(answer => answer.StatusCode == HttpStatusCode.BadRequest));
        Assert.True((await user.Client.GetFromJsonAsync<JsonElement>("/api/auth/me")).GetProperty("emailVerified").GetBoolean());
    }

    [Fact]
    public async Task After_five_wrong_tries_the_right_code_is_refused()
    {
        var user = await _host.SignInStudentAsync();
        var code = TestMail.CodeIn(await _host.MailTextAsync(user.Email, "Your verification code"));
        for (var i = 0; i < 5; i++)
            Assert.Equal(HttpStatusCode.BadRequest, (await Verify(user, code == "000000" ? "000001" : "000000")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await Verify(user, code)).StatusCode);
    }

    [Theory]
    [InlineData("sms", "verifyPhone", HttpStatusCode.NotImplemented)]
    [InlineData("whatsApp", "verifyPhone", HttpStatusCode.NotImplemented)]
    [InlineData("email", "verifyPhone", HttpStatusCode.BadRequest)]
    [InlineData("pigeon", "verifyPhone", HttpStatusCode.BadRequest)]
    public async Task A_channel_that_cannot_be_used_says_so(string channel, string purpose, HttpStatusCode expected)
    {
        var user = await _host.SignInStudentAsync();
        Assert.Equal(expected, (await user.Client.PostAsJsonAsync("/api/auth/otp", new { channel, purpose })).StatusCode);
    }

    [Fact]
    public async Task Codes_are_sent_five_times_in_ten_minutes_at_most()
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

    private static Task<HttpResponseMessage> Verify(TestUser user, string code) =>
        user.Client.PostAsJsonAsync("/api/auth/otp/verify", new { purpose = "verifyEmail", code });
}
