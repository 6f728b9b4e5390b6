using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MovieLms.ApiService.Identity.Accounts;
using MovieLms.Data.Storage;

namespace MovieLms.Testing;

/// <summary>A signed-in user that a test has created. The client sends the access token.</summary>
public sealed record TestUser(
    string Id,
    string Username,
    string Email,
    string Password,
    string Role,
    string AccessToken,
    string RefreshToken,
    HttpClient Client
);

/// <summary>Creates users of each role over HTTP.</summary>
public static class TestUsers
{
    public const string AdminEmail = "admin@example.test";
    public const string AdminPassword = "curtain-falls-slowly-42";
    public const string Password = "dolly-zoom-on-the-pier-7";
    private static int _count;

    /// <summary>Returns a unique e-mail address.</summary>
    public static string NewEmail() => $"user{Interlocked.Increment(ref _count)}-{Guid.NewGuid():N}@example.test";

    /// <summary>Registers and signs in a student.</summary>
    public static Task<TestUser> SignInStudentAsync(this ServiceHost host) => CreateAndSignInAsync(host, "student");

    /// <summary>Creates and signs in an instructor.</summary>
    public static Task<TestUser> SignInInstructorAsync(this ServiceHost host) => CreateAndSignInAsync(host, "instructor");

    /// <summary>Signs in the first administrator.</summary>
    public static async Task<TestUser> SignInAdminAsync(this ServiceHost host)
    {
        if (host.App.Services.GetService<FirstAdmin>() is { } admin)
            await admin.Ready;
        return await LogInAsync(host, AdminEmail, AdminPassword);
    }

    /// <summary>Registers and signs in a user. Roles other than student are set directly in the database.</summary>
    public static async Task<TestUser> CreateAndSignInAsync(this ServiceHost host, string role)
    {
        var email = NewEmail();
        using var registered = await host.Client.PostAsJsonAsync(
            "/api/auth/register",
            new
            {
                username = $"A {role}",
                email,
                password = Password,
            }
        );
        registered.EnsureSuccessStatusCode();
        if (role != "student")
        {
            await host
                .Database.GetCollection<BsonDocument>(CollectionNames.Users)
                .UpdateOneAsync(new BsonDocument("email", email), new BsonDocument("$set", new BsonDocument("role", role)));
        }
        return await LogInAsync(host, email, Password);
    }

    /// <summary>Verifies a user's e-mail address with the code mailed at registration.</summary>
    public static async Task VerifyEmailAsync(this ServiceHost host, TestUser user)
    {
        var code = TestMail.ExtractCode(await host.GetMailTextAsync(user.Email, "Your verification code"));
        using var verified = await user.Client.PostAsJsonAsync("/api/auth/otp/verify", new { purpose = "verifyEmail", code });
        verified.EnsureSuccessStatusCode();
    }

    /// <summary>Signs in an existing user.</summary>
    public static async Task<TestUser> LogInAsync(this ServiceHost host, string email, string password)
    {
        using var response = await host.Client.PostAsJsonAsync("/api/auth/login", new { email, password });
        response.EnsureSuccessStatusCode();
        var pair = await response.Content.ReadFromJsonAsync<JsonElement>();
        var accessToken = pair.GetProperty("accessToken").GetString()!;
        var client = host.CreateClient(accessToken);
        var me = await client.GetFromJsonAsync<JsonElement>("/api/auth/me");
        return new TestUser(
            me.GetProperty("id").GetString()!,
            me.GetProperty("username").GetString()!,
            email,
            password,
            me.GetProperty("role").GetString()!,
            accessToken,
            pair.GetProperty("refreshToken").GetString()!,
            client
        );
    }
}
