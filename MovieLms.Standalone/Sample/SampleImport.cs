using System.Globalization;
using System.Text.Json;
using MongoDB.Driver;
using MovieLms.ApiService.Identity.Accounts;
using MovieLms.ApiService.Imports;
using MovieLms.Data.Imports;

namespace MovieLms.Standalone.Sample;

/// <summary>Imports the sample movies at the first start. A failed import is reported, but does not stop the process.</summary>
internal sealed class SampleImport(HttpClient api, SystemImports imports, TextWriter output, bool isTerminal, TimeProvider clock)
{
    private const string Title = "Sample movies";
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WatchTimeout = TimeSpan.FromMinutes(2);

    /// <summary>The path of the file in the build output.</summary>
    private static string SampleFile => Path.Combine(AppContext.BaseDirectory, "samples", "movies.json");

    /// <summary>
    /// Imports the movies unless the database already has movies. Cancellation ends only the wait: the worker continues the import.
    /// </summary>
    internal static async Task RunAsync(WebApplication app, TextWriter output, CancellationToken cancellationToken)
    {
        // Shutdown must not wait for the import.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, app.Lifetime.ApplicationStopping);
        using var api = new HttpClient { BaseAddress = new Uri(ListenAddress.GetReachableUrl(app.Urls.First())) };
        var import = new SampleImport(
            api,
            app.Services.GetRequiredService<SystemImports>(),
            output,
            !Console.IsOutputRedirected,
            app.Services.GetRequiredService<TimeProvider>()
        );
        try
        {
            // The database is ready after that.
            await app.Services.GetRequiredService<FirstAdmin>().Ready.WaitAsync(stop.Token);
            await import.ImportAsync(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await output.WriteLineAsync($"  {Title, -19} stopped; an uploaded file is imported at the next start\n");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException or MongoException or InvalidOperationException)
        {
            await output.WriteLineAsync($"  {Title, -19} not imported: {e.Message}\n");
        }
    }

    /// <summary>Stores the file and shows the progress until the import ends.</summary>
    private async Task ImportAsync(CancellationToken cancellationToken)
    {
        var bar = new ProgressBar(output, Title, isTerminal);
        var movies = await api.GetFromJsonAsync<JsonElement>("/api/movies?limit=1", cancellationToken);
        if (movies.GetProperty("items").GetArrayLength() > 0)
        {
            bar.End("not imported: the database already has movies");
            return;
        }
        var started = clock.GetTimestamp();
        await using var file = File.OpenRead(SampleFile);
        var id = await imports.StartAsync(Path.GetFileName(SampleFile), file, cancellationToken);
        while (clock.GetElapsedTime(started) < WatchTimeout)
        {
            var import = await imports.GetAsync(id, cancellationToken);
            bar.Show(import.Succeeded + import.Failed, import.Total);
            switch (import.State)
            {
                case ImportState.Completed:
                    bar.End(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{import.Succeeded:N0} imported, {import.Failed:N0} rejected, in {clock.GetElapsedTime(started).TotalSeconds:0.0} s"
                        )
                    );
                    return;
                case ImportState.Failed or ImportState.Canceled:
                    bar.End($"not imported: {import.Reason ?? "the import was canceled"}");
                    return;
                default:
                    await Task.Delay(PollInterval, clock, cancellationToken);
                    break;
            }
        }
        bar.End("still importing");
    }
}
