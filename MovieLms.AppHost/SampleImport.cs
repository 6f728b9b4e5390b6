using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace MovieLms.AppHost;

/// <summary>A command of the dashboard: signs in as the first admin and uploads the sample films, as any client would.</summary>
internal static class SampleImport
{
    internal static IResourceBuilder<ProjectResource> WithSampleImport(this IResourceBuilder<ProjectResource> api, Admin admin)
    {
        var file = Path.Combine(api.ApplicationBuilder.AppHostDirectory, "..", "samples", "movies.json");
        return api.WithHttpCommand("/api/movies/import", "Import the sample films", endpointName: "http", commandName: "import-sample-films", commandOptions: new HttpCommandOptions
        {
            Method = HttpMethod.Post,
            Description = "Uploads samples/movies.json, 3,201 films. Films that are there already are updated.",
            IconName = "MoviesAndTv",
            PrepareRequest = context => PrepareAsync(context, admin, file),
        });
    }

    private static async Task PrepareAsync(HttpCommandRequestContext context, Admin admin, string file)
    {
        var email = await admin.Email.Resource.GetValueAsync(context.CancellationToken);
        var password = await admin.Password.Resource.GetValueAsync(context.CancellationToken);
        using var answer = await context.HttpClient.PostAsJsonAsync(
            new Uri(new Uri(context.Endpoint.Url), "/api/auth/login"), new { email, password }, context.CancellationToken);
        answer.EnsureSuccessStatusCode();
        var pair = await answer.Content.ReadFromJsonAsync<JsonElement>(context.CancellationToken);
        context.Request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", pair.GetProperty("accessToken").GetString());
        // Disposing the request's content closes the file.
        context.Request.Content = new MultipartFormDataContent
        {
            { new StreamContent(File.OpenRead(file)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } }, "file", "movies.json" },
        };
    }
}
