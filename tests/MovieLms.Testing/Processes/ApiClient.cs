using System.Net.Http.Json;
using System.Text.Json;

namespace MovieLms.Testing.Processes;

/// <summary>Creates clients of services that run as separate processes.</summary>
public static class ApiClient
{
    /// <summary>Signs in and returns a client that sends the access token.</summary>
    public static async Task<HttpClient> SignInAsync(Uri api, string email, string password)
    {
        var client = new HttpClient { BaseAddress = api };
        client.DefaultRequestHeaders.Authorization = new("Bearer", await client.LogInAsync(email, password));
        return client;
    }

    /// <summary>Signs in and returns the access token.</summary>
    public static async Task<string> LogInAsync(this HttpClient client, string email, string password)
    {
        using var response = await client.PostAsJsonAsync("/api/auth/login", new { email, password });
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString()!;
    }
}
