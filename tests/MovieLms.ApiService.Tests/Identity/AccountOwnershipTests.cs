using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

/// <summary>An account belongs to the owner of its e-mail address, no matter who registered it first.</summary>
public sealed class AccountOwnershipTests(IdentityHost fixture) : IClassFixture<IdentityHost>
{
    private const string NewPassword = "rack-focus-through-rain-9";
    private readonly ServiceHost _host = fixture.Host;

    [Fact]
    public async Task A_second_step_cannot_be_set_up_before_the_address_is_verified()
    {
        var user = await _host.SignInStudentAsync();
        var refused = await BeginAsync(user);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("/api/auth/otp/verify", await refused.Content.ReadAsStringAsync());
        await _host.VerifyEmailAsync(user);
        Assert.Equal(HttpStatusCode.OK, (await BeginAsync(user)).StatusCode);
    }

    /// <summary>The owner opens the link in a mail that another person's registration sent.</summary>
    [Fact]
    public async Task A_link_opened_by_the_owner_does_not_let_the_registrant_set_up_a_second_step()
    {
        var user = await _host.SignInStudentAsync();
        var mail = await _host.GetMailTextAsync(user.Email, "Your verification code");
        (
            await _host.Client.PostAsJsonAsync("/api/auth/verify-email", new { token = TestMail.ExtractToken(mail) })
        ).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.Conflict, (await BeginAsync(user)).StatusCode);
        await _host.VerifyEmailAsync(user);
        Assert.Equal(HttpStatusCode.OK, (await BeginAsync(user)).StatusCode);
    }

    [Theory]
    [InlineData("emailVerifiedAt")]
    [InlineData("emailVerifiedByLink")]
    public async Task A_reset_that_first_proves_the_address_removes_the_registrants_settings(string unproven)
    {
        var (squatter, _, _) = await SecondStepTests.TurnOnAsync(_host);
        await PrepareAsync(squatter, unproven);
        await ResetAsync(squatter.Email);
        var owner = await _host.LogInAsync(squatter.Email, NewPassword);
        var me = await owner.Client.GetFromJsonAsync<JsonElement>("/api/auth/me");
        Assert.True(me.GetProperty("emailVerified").GetBoolean());
        Assert.False(me.GetProperty("secondStep").GetBoolean());
        Assert.Equal(JsonValueKind.Null, me.GetProperty("phone").ValueKind);
        Assert.Empty((await Users.Find(new BsonDocument("email", squatter.Email)).SingleAsync())["externalLogins"].AsBsonArray);
        Assert.Equal(HttpStatusCode.Unauthorized, (await squatter.Client.GetAsync("/api/auth/me")).StatusCode);
        Assert.Contains("off", await _host.GetMailTextAsync(squatter.Email, "Two-step sign-in is off"));
    }

    [Fact]
    public async Task An_administrator_removes_a_second_step_and_the_user_is_notified()
    {
        var ((user, _, _), admin) = (await SecondStepTests.TurnOnAsync(_host), await _host.SignInAdminAsync());
        Assert.Equal(HttpStatusCode.Forbidden, (await user.Client.DeleteAsync($"/api/users/{user.Id}/second-step")).StatusCode);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await admin.Client.DeleteAsync($"/api/users/{ObjectId.GenerateNewId()}/second-step")).StatusCode
        );
        for (var i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.NoContent, (await admin.Client.DeleteAsync($"/api/users/{user.Id}/second-step")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await user.Client.GetAsync("/api/auth/me")).StatusCode);
        await _host.LogInAsync(user.Email, user.Password);
        Assert.Contains("administrator", await _host.GetMailTextAsync(user.Email, "Two-step sign-in was removed"));
        var audit = await admin.Client.GetFromJsonAsync<JsonElement>($"/api/audit?action=totp.change&userId={user.Id}");
        var entry = Assert.Single(
            audit.GetProperty("items").EnumerateArray(),
            entry => entry.GetProperty("actorId").GetString() == admin.Id
        );
        Assert.Equal("removed by an administrator", entry.GetProperty("detail").GetString());
    }

    private static Task<HttpResponseMessage> BeginAsync(TestUser user) =>
        user.Client.PostAsJsonAsync("/api/auth/totp", new { currentPassword = user.Password });

    /// <summary>Changes an account to the state of one that was squatted before the second step required a proven address.</summary>
    private async Task PrepareAsync(TestUser user, string unproven)
    {
        var set = new BsonDocument
        {
            { "phone", "+4915112345678" },
            { "phoneVerifiedAt", TimeProvider.System.GetUtcNow().UtcDateTime },
            {
                "externalLogins",
                new BsonArray
                {
                    new BsonDocument { { "provider", "github" }, { "subject", user.Id } },
                }
            },
        };
        if (unproven == "emailVerifiedByLink")
            set.Add("emailVerifiedByLink", true);
        var update = new BsonDocument("$set", set);
        if (unproven == "emailVerifiedAt")
            update.Add("$unset", new BsonDocument("emailVerifiedAt", ""));
        await Users.UpdateOneAsync(new BsonDocument("email", user.Email), update);
    }

    private async Task ResetAsync(string email)
    {
        (await _host.Client.PostAsJsonAsync("/api/auth/forgot-password", new { email })).EnsureSuccessStatusCode();
        var token = TestMail.ExtractToken(await _host.GetMailTextAsync(email, "Set a new password"));
        (
            await _host.Client.PostAsJsonAsync($"/api/auth/reset-password/{token}", new { newPassword = NewPassword })
        ).EnsureSuccessStatusCode();
    }

    private IMongoCollection<BsonDocument> Users => _host.Database.GetCollection<BsonDocument>(CollectionNames.Users);
}
