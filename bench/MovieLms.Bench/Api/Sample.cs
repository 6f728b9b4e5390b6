using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.Bench.Api;

/// <summary>Imports movies through the public API.</summary>
internal static class Sample
{
    /// <summary>Imports the sample movies.</summary>
    internal static async Task ImportAsync(HttpClient client) =>
        await ImportAsync(client, await File.ReadAllBytesAsync(Repository.File("samples", "movies.json")), "movies.json");

    /// <summary>Imports a file of movies.</summary>
    internal static async Task ImportAsync(HttpClient client, byte[] content, string name)
    {
        using var file = new MultipartFormDataContent();
        var type = name.EndsWith(".csv", StringComparison.Ordinal) ? "text/csv" : "application/json";
        file.Add(new ByteArrayContent(content) { Headers = { ContentType = new(type) } }, "file", name);
        using var accepted = await client.PostAsync("/api/movies/import", file);
        accepted.EnsureSuccessStatusCode();
        await Eventually.WaitUntilAsync(
            async () =>
                (await client.GetFromJsonAsync<JsonElement>(accepted.Headers.Location)).GetProperty("state").GetString() == "completed",
            $"{name} is imported",
            120
        );
    }
}
