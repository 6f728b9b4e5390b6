using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MovieLms.ApiService.Identity.Accounts;
using MovieLms.Data.Storage;

namespace MovieLms.Testing;

/// <summary>A user whom a test has made, signed in; the client sends the access token.</summary>
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

/// <summary>Makes users of each role as people become users: over HTTP.</summary>
public static class TestUsers
{
    public const string AdminEmail = "admin@example.test";
    public const string AdminPassword = "curtain-falls-slowly-42";
    public const string Password = "dolly-zoom-on-the-pier-7";
    private static int _count;

    /// <summary>An address that no other test uses.</summary>
    public static string NewEmail() => $"user{Interlocked.Increment(ref _count)}-{Guid.NewGuid():N}@example.test";

    /// <summary>Registers a student and signs them in.</summary>
    public static Task<TestUser> SignInStudentAsync(this ServiceHost host) => SignInAsync(host, "student");

    /// <summary>Makes an instructor and signs them in.</summary>
    public static Task<TestUser> SignInInstructorAsync(this ServiceHost host) => SignInAsync(host, "instructor");

    /// <summary>Signs the installation's first admin in.</summary>
    public static async Task<TestUser> SignInAdminAsync(this ServiceHost host)
    {
        if (host.App.Services.GetService<FirstAdmin>() is { } admin)
            await admin.Made;
        return await LogInAsync(host, AdminEmail, AdminPassword);
    }

    /// <summary>Registers a user and signs them in; a role beyond student is given behind the API's back.</summary>
    public static async Task<TestUser> SignInAsync(this ServiceHost host, string role)
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

    /// <summary>Verifies a user's address with the code that was mailed at registration.</summary>
    public static async Task VerifyEmailAsync(this ServiceHost host, TestUser user)
    {
        var code = TestMail.CodeIn(await host.MailTextAsync(user.Email, "Your verification code"));
        using var verified = await user.Client.PostAsJsonAsync("/api/auth/otp/verify", new { purpose = "verifyEmail", code });
        verified.EnsureSuccessStatusCode();
    }

    /// <summary>Signs a user in who exists.</summary>
    public static async Task<TestUser> LogInAsync(this ServiceHost host, string email, string password)
    {
        using var answer = await host.Client.PostAsJsonAsync("/api/auth/login", new { email, password });
        answer.EnsureSuccessStatusCode();
        var pair = await answer.Content.ReadFromJsonAsync<JsonElement>();
        var accessToken = pair.GetProperty("accessToken").GetString()!;
        var client = host.NewClient(accessToken);
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
