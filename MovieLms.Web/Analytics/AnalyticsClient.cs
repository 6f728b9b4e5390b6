using System.Text.Json;
using System.Text.Json.Serialization;
using MovieLms.Client;
using MovieLms.Web.Session;

namespace MovieLms.Web.Analytics;

/// <summary>
/// Reads analytics of the API. Unlike the generated client, it passes filters on as the visitor wrote them, so that the API judges them,
/// and returns the age of the answer.
/// </summary>
public sealed class AnalyticsClient(ConsoleApi console)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    /// <summary>Reads a resource.</summary>
    /// <exception cref="ApiException">The API refused the request.</exception>
    internal async Task<(T Value, TimeSpan? Age)> GetAsync<T>(string path)
    {
        using var response = await console.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, console.Left);
        if (!response.IsSuccessStatusCode)
        {
            throw new ApiException(
                "The analytic could not be read.",
                (int)response.StatusCode,
                await response.Content.ReadAsStringAsync(console.Left),
                response.Headers.ToDictionary(header => header.Key, header => header.Value),
                innerException: null
            );
        }
        var value = await response.Content.ReadFromJsonAsync<T>(Json, console.Left);
        return (value!, response.Headers.Age);
    }
}
