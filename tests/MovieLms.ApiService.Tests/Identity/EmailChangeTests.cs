using System.Net;
using System.Net.Http.Json;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

/// <summary>An e-mail address changes only after the old and the new address have confirmed it.</summary>
public sealed class EmailChangeTests(IdentityHost fixture) : IClassFixture<IdentityHost>
{
    private const string ToOld = "Confirm your new address";
    private const string ToNew = "Confirm your address";
    private readonly ServiceHost _host = fixture.Host;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_address_changes_when_both_addresses_are_confirmed(bool newFirst)
    {
        var user = await SignInVerifiedAsync();
        var elsewhere = await _host.LogInAsync(user.Email, user.Password);
        var email = await RequestAsync(user);
        string[] tokens = [await TokenAsync(user.Email, ToOld), await TokenAsync(email, ToNew)];
        if (newFirst)
            Array.Reverse(tokens);

        Assert.False(await ConfirmAsync(tokens[0]));
        Assert.Equal(user.Email, await GetEmailAsync(user));
        await (await PostAsync("confirm", tokens[0])).AssertProblemAsync(400, "token");
        Assert.True(await ConfirmAsync(tokens[1]));
        Assert.Equal(email, await GetEmailAsync(user));
        await (await PostAsync("confirm", tokens[1])).AssertProblemAsync(400, "token");
        Assert.Equal(HttpStatusCode.Unauthorized, (await elsewhere.Client.GetAsync("/api/auth/me")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await LogInAsync(user.Email, user.Password));
        Assert.Equal(HttpStatusCode.OK, await LogInAsync(email, user.Password));
        foreach (var address in new[] { user.Email, email })
            await _host.GetMailTextAsync(address, "Your address was changed");
        var audited = new BsonDocument
        {
            { "userId", ObjectId.Parse(user.Id) },
            { "action", "email.change" },
            { "succeeded", true },
        };
        Assert.Equal(2, await Collection(CollectionNames.Audit).CountDocumentsAsync(audited));
    }

    [Fact]
    public async Task The_old_address_can_refuse_the_change()
    {
        var user = await SignInVerifiedAsync();
        var email = await RequestAsync(user);
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync("refuse", await TokenAsync(user.Email, ToOld))).StatusCode);
        await (await PostAsync("confirm", await TokenAsync(email, ToNew))).AssertProblemAsync(400, "token");
        Assert.Equal(user.Email, await GetEmailAsync(user));
    }

    [Fact]
    public async Task A_second_request_invalidates_the_links_of_the_first()
    {
        var user = await SignInVerifiedAsync();
        var first = await RequestAsync(user);
        var second = await RequestAsync(user);
        await (await PostAsync("confirm", await TokenAsync(first, ToNew))).AssertProblemAsync(400, "token");
        Assert.False(await ConfirmAsync(await TokenAsync(second, ToNew)));
    }

    [Fact]
    public async Task An_address_that_was_never_verified_need_not_confirm()
    {
        var user = await _host.SignInStudentAsync();
        var email = await RequestAsync(user);
        Assert.True(await ConfirmAsync(await TokenAsync(email, ToNew)));
        Assert.Equal(email, await GetEmailAsync(user));
    }

    [Fact]
    public async Task A_reset_password_ends_a_requested_change()
    {
        // Someone registered an address that was not theirs, and requested a change to their own.
        var user = await _host.SignInStudentAsync();
        var email = await RequestAsync(user);
        await ResetPasswordAsync(await RequestResetAsync(user));
        await (await PostAsync("confirm", await TokenAsync(email, ToNew))).AssertProblemAsync(400, "token");
    }

    [Fact]
    public async Task A_changed_address_invalidates_the_links_that_were_mailed_to_the_old_one()
    {
        var user = await SignInVerifiedAsync();
        var reset = await RequestResetAsync(user);
        var email = await RequestAsync(user);
        Assert.False(await ConfirmAsync(await TokenAsync(user.Email, ToOld)));
        Assert.True(await ConfirmAsync(await TokenAsync(email, ToNew)));
        using var response = await SendResetAsync(reset);
        await response.AssertProblemAsync(400);
    }

    [Fact]
    public async Task A_proven_address_stays_proven()
    {
        var user = await SignInVerifiedAsync();
        var email = await RequestAsync(user);
        Assert.False(await ConfirmAsync(await TokenAsync(user.Email, ToOld)));
        Assert.True(await ConfirmAsync(await TokenAsync(email, ToNew)));
        var stored = await Collection(CollectionNames.Users).Find(new BsonDocument("_id", ObjectId.Parse(user.Id))).SingleAsync();
        Assert.False(stored["emailVerifiedByLink"].AsBoolean);
    }

    [Fact]
    public async Task A_taken_address_gets_the_same_response_and_is_never_assigned()
    {
        var (user, owner) = (await SignInVerifiedAsync(), await SignInVerifiedAsync());
        using var taken = await SendAsync(user, owner.Email, user.Password);
        using var free = await SendAsync(user, TestUsers.NewEmail(), user.Password);
        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (taken.StatusCode, free.StatusCode));
        Assert.Equal(await free.Content.ReadAsStringAsync(), await taken.Content.ReadAsStringAsync());
        await _host.GetMailTextAsync(user.Email, ToOld);
        Assert.DoesNotContain("#", await _host.GetMailTextAsync(owner.Email, "Your address was entered for another account"));
    }

    [Fact]
    public async Task An_address_that_is_taken_before_the_confirmation_is_not_assigned()
    {
        var user = await _host.SignInStudentAsync();
        var email = await RequestAsync(user);
        var registered = await _host.Client.PostAsJsonAsync(
            "/api/auth/register",
            new
            {
                username = "Another",
                email,
                password = TestUsers.Password,
            }
        );
        registered.EnsureSuccessStatusCode();
        await (await PostAsync("confirm", await TokenAsync(email, ToNew))).AssertProblemAsync(400, "token");
        Assert.Equal(user.Email, await GetEmailAsync(user));
    }

    [Fact]
    public async Task A_request_needs_the_password_and_another_valid_address()
    {
        var user = await _host.SignInStudentAsync();
        await (await SendAsync(user, TestUsers.NewEmail(), null)).AssertProblemAsync(400, "currentPassword");
        await (await SendAsync(user, TestUsers.NewEmail(), "not the password")).AssertProblemAsync(400, "currentPassword");
        await (await SendAsync(user, "not an address", user.Password)).AssertProblemAsync(400, "newEmail");
        await (await SendAsync(user, user.Email.ToUpperInvariant(), user.Password)).AssertProblemAsync(400, "newEmail");
    }

    private async Task<string> RequestResetAsync(TestUser user)
    {
        using var response = await _host.Client.PostAsJsonAsync("/api/auth/forgot-password", new { email = user.Email });
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return await TokenAsync(user.Email, "Set a new password");
    }

    private async Task ResetPasswordAsync(string token)
    {
        using var response = await SendResetAsync(token);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    private Task<HttpResponseMessage> SendResetAsync(string token) =>
        _host.Client.PostAsJsonAsync("/api/auth/reset-password", new { token, newPassword = "another long passphrase 7" });

    private async Task<TestUser> SignInVerifiedAsync()
    {
        var user = await _host.SignInStudentAsync();
        await _host.VerifyEmailAsync(user);
        return user;
    }

    private async Task<string> RequestAsync(TestUser user)
    {
        var email = TestUsers.NewEmail();
        using var response = await SendAsync(user, email, user.Password);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return email;
    }

    private static Task<HttpResponseMessage> SendAsync(TestUser user, string newEmail, string? currentPassword) =>
        user.Client.PostAsJsonAsync("/api/auth/change-email", new { newEmail, currentPassword });

    private async Task<string> TokenAsync(string address, string subject) =>
        TestMail.ExtractToken(await _host.GetMailTextAsync(address, subject));

    private async Task<bool> ConfirmAsync(string token)
    {
        using var response = await PostAsync("confirm", token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.JsonAsync()).GetProperty("changed").GetBoolean();
    }

    private Task<HttpResponseMessage> PostAsync(string verb, string token) =>
        _host.Client.PostAsJsonAsync($"/api/auth/{verb}-email-change", new { token });

    private async Task<HttpStatusCode> LogInAsync(string email, string password) =>
        (await _host.Client.PostAsJsonAsync("/api/auth/login", new { email, password })).StatusCode;

    private static async Task<string?> GetEmailAsync(TestUser user) =>
        (await (await user.Client.GetAsync("/api/auth/me")).JsonAsync()).GetProperty("email").GetString();

    private IMongoCollection<BsonDocument> Collection(string name) => _host.Database.GetCollection<BsonDocument>(name);
}
