using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication.OAuth;

namespace MovieLms.ApiService.Identity.External;

/// <summary>
/// Reads the user who signed in at GitHub (https://docs.github.com/rest/users/users) and their primary, verified address
/// (https://docs.github.com/rest/users/emails). The address in the profile is not verified.
/// </summary>
internal static class GitHubProfile
{
    internal static async Task ReadAsync(OAuthCreatingTicketContext context)
    {
        using var user = await GetAsync(context, "/user");
        using var emails = await GetAsync(context, "/user/emails");
        var profile = user.RootElement;
        // The number, not the login name, which can be changed and then taken by another user.
        context.Identity!.AddClaim(new Claim("sub", profile.GetProperty("id").GetInt64().ToString(CultureInfo.InvariantCulture)));
        var name = GetText(profile, "name") ?? GetText(profile, "login");
        if (name is not null)
            context.Identity.AddClaim(new Claim("name", name));
        foreach (var email in emails.RootElement.EnumerateArray())
        {
            if (
                !email.GetProperty("primary").GetBoolean()
                || !email.GetProperty("verified").GetBoolean()
                || GetText(email, "email") is not { } address
            )
            {
                continue;
            }

            context.Identity.AddClaim(new Claim("email", address));
            context.Identity.AddClaim(new Claim("email_verified", "true"));
        }
    }

    private static async Task<JsonDocument> GetAsync(OAuthCreatingTicketContext context, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, context.Options.UserInformationEndpoint + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", context.AccessToken);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/vnd.github+json"));
        // GitHub rejects requests without a user agent.
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("MovieLms", "1.0"));
        using var response = await context.Backchannel.SendAsync(request, context.HttpContext.RequestAborted);
        response.EnsureSuccessStatusCode();
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync(context.HttpContext.RequestAborted));
    }

    private static string? GetText(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
