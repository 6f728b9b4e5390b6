using System.Net;
using System.Text.Json;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

public sealed class ProfileTests(IdentityHost fixture) : IClassFixture<IdentityHost>
{
    private readonly ServiceHost _host = fixture.Host;

    [Fact]
    public async Task A_change_of_the_profile_keeps_omitted_members_and_null_removes_the_phone_number()
    {
        var user = await _host.SignInStudentAsync();
        await PutAsync(
            user.Client,
            $$"""
            {
              "username": "Ida", "phone": "+4915112345678", "currentPassword": "{{user.Password}}",
              "mailPreferences": { "announcements": false, "digests": false }
            }
            """
        );
        var renamed = await PutAsync(user.Client, """{"username":"Lupino"}""");
        Assert.Equal(("Lupino", "+4915112345678"), (renamed.GetProperty("username").GetString(), renamed.GetProperty("phone").GetString()));
        AssertMail(renamed, announcements: false, digests: false, reports: true);
        var subscribed = await PutAsync(user.Client, """{"username":"Lupino","mailPreferences":{"digests":true}}""");
        AssertMail(subscribed, announcements: false, digests: true, reports: true);
        var removed = await PutAsync(user.Client, $$"""{"username":"Lupino","phone":null,"currentPassword":"{{user.Password}}"}""");
        Assert.Equal(JsonValueKind.Null, removed.GetProperty("phone").ValueKind);
    }

    [Theory]
    [InlineData("""{"username":"Ida","mailPreferences":null}""", "mailPreferences")]
    [InlineData("""{"username":"Ida","mailPreferences":{"digests":null}}""", "mailPreferences.digests")]
    [InlineData("""{"username":"Ida","phone":"5"}""", "phone")]
    [InlineData("""{}""", "username")]
    public async Task A_null_that_would_remove_a_required_value_returns_400(string body, string field)
    {
        var user = await _host.SignInStudentAsync();
        using var response = await user.Client.PutAsync("/api/auth/me", new StringContent(body, null, "application/json"));
        await response.AssertProblemAsync(400, field);
    }

    private static async Task<JsonElement> PutAsync(HttpClient client, string body)
    {
        using var response = await client.PutAsync("/api/auth/me", new StringContent(body, null, "application/json"));
        Assert.True(response.StatusCode == HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return await response.JsonAsync();
    }

    private static void AssertMail(JsonElement me, bool announcements, bool digests, bool reports)
    {
        var mail = me.GetProperty("mailPreferences");
        Assert.Equal(
            (announcements, digests, reports),
            (
                mail.GetProperty("announcements").GetBoolean(),
                mail.GetProperty("digests").GetBoolean(),
                mail.GetProperty("reports").GetBoolean()
            )
        );
    }
}
