using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MovieLms.Data.Identity;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

/// <summary>A change that revokes tokens takes effect even if the client disconnects or the process dies halfway.</summary>
public sealed class InterruptedRevocationTests(IdentityHost fixture) : IClassFixture<IdentityHost>
{
    private const string NewPassword = "rack-focus-through-rain-9";
    private readonly ServiceHost _host = fixture.Host;

    [Fact]
    public async Task Demotions_revoke_tokens_even_if_the_connection_is_reset()
    {
        var admin = await _host.SignInAdminAsync();
        var demoted = new List<TestUser>();
        for (var i = 0; i < 32; i++)
        {
            var user = await _host.SignInInstructorAsync();
            await SendAndResetAsync("PATCH", $"/api/users/{user.Id}/role", admin, """{"role":"student"}""", i);
            demoted.Add(user);
        }
        await AssertRejectedUnlessUnchangedAsync(demoted, user => user.Role == "instructor");
    }

    [Fact]
    public async Task Password_changes_revoke_tokens_even_if_the_connection_is_reset()
    {
        var changed = new List<TestUser>();
        for (var i = 0; i < 16; i++)
        {
            var user = await _host.SignInStudentAsync();
            var body = $$"""{"currentPassword":"{{user.Password}}","newPassword":"{{NewPassword}}"}""";
            await SendAndResetAsync("POST", "/api/auth/change-password", user, body, i);
            changed.Add(user);
        }
        await AssertRejectedUnlessUnchangedAsync(changed, user => user.TokenGeneration == 0);
    }

    [Fact]
    public async Task A_process_that_dies_after_writing_the_role_has_revoked_the_tokens()
    {
        var user = await _host.SignInInstructorAsync();
        // Only the first write, as if the process were killed before it announces or writes anything else.
        await _host
            .App.Services.GetRequiredService<UserCredentials>()
            .SetRoleAsync(ObjectId.Parse(user.Id), "instructor", "student", null, default);
        await AssertRejectedSoonAsync(user);
    }

    [Fact]
    public async Task A_process_that_dies_after_writing_the_password_has_revoked_the_tokens()
    {
        var user = await _host.SignInStudentAsync();
        await _host.App.Services.GetRequiredService<UserCredentials>().SetPasswordAsync(ObjectId.Parse(user.Id), null, "hash", default);
        await AssertRejectedSoonAsync(user);
    }

    [Fact]
    public async Task A_process_that_dies_after_ending_a_session_has_revoked_its_tokens()
    {
        var user = await _host.SignInStudentAsync();
        var sessions = _host.App.Services.GetRequiredService<SessionStore>();
        var session = Assert.Single(await sessions.ListActiveAsync(ObjectId.Parse(user.Id), 0, default));
        await sessions.EndAsync(ObjectId.Parse(user.Id), session.Id, default);
        await AssertRejectedSoonAsync(user);
    }

    [Fact]
    public async Task A_repeated_role_change_revokes_the_old_tokens_at_once()
    {
        var (user, admin) = (await _host.SignInInstructorAsync(), await _host.SignInAdminAsync());
        await _host
            .App.Services.GetRequiredService<UserCredentials>()
            .SetRoleAsync(ObjectId.Parse(user.Id), "instructor", "student", null, default);
        (await admin.Client.PatchAsJsonAsync($"/api/users/{user.Id}/role", new { role = "student" })).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.Unauthorized, (await user.Client.GetAsync("/api/auth/me")).StatusCode);
    }

    private async Task AssertRejectedUnlessUnchangedAsync(List<TestUser> users, Func<UserDocument, bool> isUnchanged)
    {
        // Lets requests that the server is still processing complete.
        await Task.Delay(TimeSpan.FromSeconds(1));
        var (store, changed) = (_host.App.Services.GetRequiredService<UserStore>(), 0);
        foreach (var user in users)
        {
            // A request that was interrupted before its write has changed nothing, and its user stays signed in.
            if (isUnchanged((await store.FindAsync(ObjectId.Parse(user.Id), default))!))
                continue;
            changed++;
            Assert.Equal(HttpStatusCode.Unauthorized, (await user.Client.GetAsync("/api/auth/me")).StatusCode);
        }
        Assert.True(changed > users.Count / 4, $"Only {changed} of {users.Count} requests were executed, which is too few for this test.");
    }

    private static Task AssertRejectedSoonAsync(TestUser user) =>
        Eventually.WaitUntilAsync(
            async () => (await user.Client.GetAsync("/api/auth/me")).StatusCode == HttpStatusCode.Unauthorized,
            "the token is rejected",
            8
        );

    /// <summary>Sends a request and resets the connection shortly afterwards, with a different delay in each round.</summary>
    private async Task SendAndResetAsync(string method, string path, TestUser caller, string body, int round)
    {
        using var client = new TcpClient { LingerState = new LingerOption(true, 0), NoDelay = true };
        await client.ConnectAsync(_host.Address.Host, _host.Address.Port);
        var request =
            $"{method} {path} HTTP/1.1\r\nHost: {_host.Address.Authority}\r\nAuthorization: Bearer {caller.AccessToken}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(request));
        // The last delays are long enough that even a busy server has written.
        await Task.Delay(round < 10 ? round : 100 * (round - 8));
    }
}
