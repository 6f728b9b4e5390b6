using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.Bench.Api;

/// <summary>Imports the sample movies through the public API.</summary>
internal static class Sample
{
    internal static async Task ImportAsync(HttpClient client)
    {
        using var file = new MultipartFormDataContent();
        file.Add(
            new StreamContent(File.OpenRead(Repository.File("samples", "movies.json")))
            {
                Headers = { ContentType = new("application/json") },
            },
            "file",
            "movies.json"
        );
        using var accepted = await client.PostAsync("/api/movies/import", file);
        accepted.EnsureSuccessStatusCode();
        await Eventually.WaitUntilAsync(
            async () =>
                (await client.GetFromJsonAsync<JsonElement>(accepted.Headers.Location)).GetProperty("state").GetString() == "completed",
            "the sample is imported",
            120
        );
    }
}
