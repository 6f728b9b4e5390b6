using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MongoDB.Bson;
using MovieLms.Data.Storage;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

/// <summary>Changes that would let the thief of a session take over an account require the current password or a recent sign-in.</summary>
public sealed class ReauthenticationTests(IdentityHost fixture) : IClassFixture<IdentityHost>
{
    private const string Phone = "+4915112345678";
    private readonly ServiceHost _host = fixture.Host;

    [Theory]
    [InlineData(null)]
    [InlineData("not the password")]
    public async Task A_second_step_and_a_phone_number_require_the_current_password(string? currentPassword)
    {
        var user = await _host.SignInStudentAsync();
        await _host.VerifyEmailAsync(user);
        await AssertCurrentPasswordRequiredAsync(await user.Client.PostAsJsonAsync("/api/auth/totp", new { currentPassword }));
        await AssertCurrentPasswordRequiredAsync(
            await user.Client.PutAsJsonAsync(
                "/api/auth/me",
                new
                {
                    username = "Ida",
                    phone = Phone,
                    currentPassword,
                }
            )
        );
        Assert.Equal(HttpStatusCode.OK, (await user.Client.PutAsJsonAsync("/api/auth/me", new { username = "Ida" })).StatusCode);
        Assert.Equal(
            HttpStatusCode.OK,
            (
                await user.Client.PutAsJsonAsync(
                    "/api/auth/me",
                    new
                    {
                        username = "Ida",
                        phone = Phone,
                        currentPassword = user.Password,
                    }
                )
            ).StatusCode
        );
        var me = await user.Client.GetFromJsonAsync<JsonElement>("/api/auth/me");
        Assert.Equal(Phone, me.GetProperty("phone").GetString());
        // Sending the profile back unchanged needs no password. Removing the number does.
        Assert.Equal(HttpStatusCode.OK, (await user.Client.PutAsJsonAsync("/api/auth/me", me)).StatusCode);
        await AssertCurrentPasswordRequiredAsync(
            await user.Client.PutAsJsonAsync("/api/auth/me", new { username = "Ida", phone = (string?)null })
        );
    }

    [Fact]
    public async Task An_account_without_a_password_requires_a_recent_sign_in()
    {
        var user = await _host.SignInStudentAsync();
        await _host.VerifyEmailAsync(user);
        await UpdateAsync(CollectionNames.Users, "_id", user.Id, new BsonDocument("$unset", new BsonDocument("passwordHash", "")));
        Assert.Equal(HttpStatusCode.OK, (await user.Client.PostAsync("/api/auth/totp", null)).StatusCode);
        var earlier = TimeProvider.System.GetUtcNow().AddMinutes(-11).UtcDateTime;
        await UpdateAsync(CollectionNames.Sessions, "userId", user.Id, new BsonDocument("$set", new BsonDocument("createdAt", earlier)));
        var refused = await user.Client.PostAsync("/api/auth/totp", null);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("Sign in again", await refused.Content.ReadAsStringAsync());
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await user.Client.PutAsJsonAsync("/api/auth/me", new { username = "Ida", phone = Phone })).StatusCode
        );
    }

    private Task UpdateAsync(string collection, string field, string id, BsonDocument update) =>
        _host.Database.GetCollection<BsonDocument>(collection).UpdateOneAsync(new BsonDocument(field, ObjectId.Parse(id)), update);

    private static async Task AssertCurrentPasswordRequiredAsync(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(problem.GetProperty("errors").TryGetProperty("currentPassword", out _));
    }
}
