using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.AppHost.Parameters;

namespace MovieLms.AppHost.Commands;

/// <summary>Commands that upload movies through the gateway, as any client of the API would, and wait for the import to end.</summary>
internal sealed class MovieImport(IResourceBuilder<ProjectResource> api, IResourceBuilder<ProjectResource> web, Administrator administrator)
{
    private const string File = "file";
    private const long MaxFileBytes = 50L * 1024 * 1024;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    private string SampleFile { get; } = Path.GetFullPath(Path.Combine("..", "samples", "movies.json"), api.ApplicationBuilder.AppHostDirectory);

    internal void AddCommands()
    {
        web.WithCommand(
            "import-sample", "Import the sample movies", "Uploads samples/movies.json (3,201 movies). Movies that exist already are updated.", "MoviesAndTv", [],
            async context =>
            {
                await using var stream = System.IO.File.OpenRead(SampleFile);
                return await ImportAsync(context, stream, "movies.json");
            });
        web.WithCommand(
            "import-file", "Import a file of movies", "Uploads a JSON, NDJSON or CSV file of movies and waits until it is imported.", "ArrowUpload",
            [
                new InteractionInput
                {
                    Name = File, Label = "File", InputType = InputType.File, Required = true, FileFilter = ".json,.ndjson,.csv", MaxFileSize = MaxFileBytes,
                    Description = "Movies as JSON, NDJSON or CSV, up to 50 MB. docs/imports.md describes the columns.",
                },
            ],
            async context =>
            {
                using var files = context.Arguments[File].GetFiles();
                if (files.Count == 0) throw new CommandException("Choose a file.");
                await using var stream = files[0].OpenRead();
                return await ImportAsync(context, stream, files[0].Name);
            });
    }

    private async Task<ExecuteCommandResult> ImportAsync(ExecuteCommandContext context, Stream stream, string fileName)
    {
        var cancellationToken = context.CancellationToken;
        var email = (await administrator.Email.Resource.GetValueAsync(cancellationToken))!;
        var token = await CommandProcess.RunAsync(api, ["--issue-token", email], context.Logger, cancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri(web.GetEndpoint("http").Url) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

        using var form = new MultipartFormDataContent { { new StreamContent(stream), "file", fileName } };
        using var accepted = await client.PostAsync(new Uri("/api/movies/import", UriKind.Relative), form, cancellationToken);
        await accepted.RequireSuccessAsync(cancellationToken);
        var location = accepted.Headers.Location ?? throw new CommandException("The API accepted the file without saying where its import is.");
        while (true)
        {
            var import = await client.GetFromJsonAsync<JsonElement>(location, cancellationToken);
            switch (import.GetProperty("state").GetString())
            {
                case "completed":
                    return CommandResults.Success(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{fileName}: {import.GetProperty("succeeded").GetInt64():N0} rows imported, {import.GetProperty("failed").GetInt64():N0} rejected."));
                case "failed":
                    throw new CommandException($"{fileName} was not imported: {import.GetProperty("reason").GetString()}");
                default:
                    await Task.Delay(PollInterval, cancellationToken);
                    break;
            }
        }
    }
}
