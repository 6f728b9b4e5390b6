using System.Text.Json;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.Web.Access;

/// <summary>Recognizes administrators by their access token. Asks the API, which also knows whether the token was revoked.</summary>
internal sealed class Administrators(IHttpClientFactory clients)
{
    private static readonly Uri Caller = new("https+http://apiservice/api/auth/me");

    /// <summary>Returns whether the request carries an administrator's token; false if the API cannot be asked.</summary>
    internal async ValueTask<bool> IsAdministratorAsync(HttpContext http)
    {
        if (BearerToken.Of(http.Request) is not { } token)
            return false;
        using var client = clients.CreateClient(nameof(Administrators));
        using var request = new HttpRequestMessage(HttpMethod.Get, Caller);
        request.Headers.Authorization = new("Bearer", token);
        // The API counts the request for the visitor and not for this server.
        Visitor.Describe(http, request.Headers);
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
