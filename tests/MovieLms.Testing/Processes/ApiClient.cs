using System.Net.Http.Json;
using System.Text.Json;

namespace MovieLms.Testing.Processes;

/// <summary>Clients of services that are processes of their own.</summary>
public static class ApiClient
{
    /// <summary>A client that sends an access token.</summary>
    public static async Task<HttpClient> SignInAsync(Uri api, string email, string password)
    {
        var client = new HttpClient { BaseAddress = api };
        client.DefaultRequestHeaders.Authorization = new("Bearer", await client.LogInAsync(email, password));
        return client;
    }

    /// <summary>An access token.</summary>
    public static async Task<string> LogInAsync(this HttpClient client, string email, string password)
    {
        using var answer = await client.PostAsJsonAsync("/api/auth/login", new { email, password });
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString()!;
    }
}
