using System.Text.Json;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.Web.Access;

/// <summary>Recognizes administrators by their access token. The API validates the token, because it knows the revoked ones.</summary>
internal sealed class Administrators(IHttpClientFactory clients)
{
    private static readonly Uri CallerAddress = new("https+http://apiservice/api/auth/me");

    /// <summary>Returns whether the request has an administrator's token. Returns false if the API is unavailable.</summary>
    internal async ValueTask<bool> IsAdministratorAsync(HttpContext http)
    {
        if (BearerToken.Read(http.Request) is not { } token)
            return false;
        using var client = clients.CreateClient(nameof(Administrators));
        using var request = new HttpRequestMessage(HttpMethod.Get, CallerAddress);
        request.Headers.Authorization = new("Bearer", token);
        // The API applies its rate limits to the client, not to this server.
        ClientHeaders.Add(http, request.Headers);
        try
        {
            using var response = await client.SendAsync(request, http.RequestAborted);
            if (!response.IsSuccessStatusCode)
                return false;
            var caller = await response.Content.ReadFromJsonAsync<JsonElement>(http.RequestAborted);
            return caller.GetProperty("role").GetString() == Roles.Admin;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
