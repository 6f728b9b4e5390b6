using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.AppHost.Parameters;

namespace MovieLms.AppHost.Commands;

/// <summary>Commands that upload movies through the gateway, like any API client, and wait for the import to complete.</summary>
internal sealed class MovieImport(IResourceBuilder<ProjectResource> api, IResourceBuilder<ProjectResource> web, Administrator administrator)
{
    private const string PathArgument = "path";
    private const string FileHelp = "Movies as JSON, NDJSON or CSV, up to 50 MB. docs/imports.md describes the columns.";
    private const long MaxFileBytes = 50L * 1024 * 1024;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    private string SampleFile { get; } =
        Path.GetFullPath(Path.Combine("..", "samples", "movies.json"), api.ApplicationBuilder.AppHostDirectory);

    internal void AddCommands()
    {
        web.WithCommand(
            "import-sample",
            "Import the sample movies",
            "Uploads samples/movies.json (3,201 movies). Existing movies are updated.",
            "MoviesAndTv",
            [],
            async context =>
            {
                await using var stream = File.OpenRead(SampleFile);
                return await ImportAsync(context, stream, "movies.json");
            }
        );
        web.WithCommand(
            "import-file",
            "Import a file of movies",
            "Uploads a JSON, NDJSON or CSV file of movies and waits until it is imported.",
            "ArrowUpload",
            [
                new InteractionInput
                {
                    Name = PathArgument,
                    Label = "Path",
                    InputType = InputType.Text,
                    Required = false,
                    Description = "Path of the file on this machine. Leave empty to choose a file in the next dialog.",
                },
            ],
            ImportFileAsync
        );
    }

    private async Task<ExecuteCommandResult> ImportFileAsync(ExecuteCommandContext context)
    {
        if (context.Arguments.GetString(PathArgument) is { Length: > 0 } path)
        {
            await using var file = File.OpenRead(path);
            return await ImportAsync(context, file, Path.GetFileName(path));
        }
        var interaction = context.Services.GetRequiredService<IInteractionService>();
        if (!interaction.IsAvailable)
            throw new CommandException($"A file is required: --{PathArgument} FILE.");
        var result = await interaction.PromptInputAsync(
            "Import a file of movies",
            FileHelp,
            CreateFileInput(),
            cancellationToken: context.CancellationToken
        );
        if (result.Canceled)
            return CommandResults.Canceled();
        using var files = result.Data.GetFiles();
        await using var chosen = files[0].OpenRead();
        return await ImportAsync(context, chosen, files[0].Name);
    }

    private static InteractionInput CreateFileInput() =>
        new()
        {
            Name = "file",
            Label = "File",
            InputType = InputType.File,
            Required = true,
            FileFilter = ".json,.ndjson,.csv",
            MaxFileSize = MaxFileBytes,
        };

    private async Task<ExecuteCommandResult> ImportAsync(ExecuteCommandContext context, Stream stream, string fileName)
    {
        var cancellationToken = context.CancellationToken;
        var email = (await administrator.Email.Resource.GetValueAsync(cancellationToken))!;
        var token = await CommandProcess.RunAsync(api, ["--issue-token", email], context.Logger, cancellationToken);
        // Each request gets its own trace. Otherwise the polling would bury the upload in the trace of this command.
        using var handler = new SocketsHttpHandler { ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator() };
        using var client = new HttpClient(handler) { BaseAddress = new Uri(web.GetEndpoint("http").Url) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

        using var form = new MultipartFormDataContent { { new StreamContent(stream), "file", fileName } };
        using var accepted = await client.PostAsync(new Uri("/api/movies/import", UriKind.Relative), form, cancellationToken);
        await accepted.RequireSuccessAsync(cancellationToken);
        var location =
            accepted.Headers.Location ?? throw new CommandException("The API accepted the file, but the response has no Location header.");
        while (true)
        {
            var import = await client.GetFromJsonAsync<JsonElement>(location, cancellationToken);
            switch (import.GetProperty("state").GetString())
            {
                case "completed":
                    return CommandResults.Success(Describe(fileName, import));
                case "failed":
                    throw new CommandException($"{fileName} was not imported: {import.GetProperty("reason").GetString()}");
                default:
                    await Task.Delay(PollInterval, cancellationToken);
                    break;
            }
        }
    }

    private static string Describe(string fileName, JsonElement import)
    {
        var (stored, rejected) = (import.GetProperty("succeeded").GetInt64(), import.GetProperty("failed").GetInt64());
        var noun = stored == 1 ? "row" : "rows";
        return string.Create(CultureInfo.InvariantCulture, $"{fileName}: {stored:N0} {noun} imported, {rejected:N0} rejected.");
    }
}
