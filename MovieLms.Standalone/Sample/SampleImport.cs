using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using MovieLms.ApiService.Identity.Accounts;

namespace MovieLms.Standalone.Sample;

/// <summary>
/// Imports the sample movies at the first start, like any API client: signs in as the first administrator and uploads the file. A failed
/// import is reported, but does not stop the process.
/// </summary>
internal sealed class SampleImport(HttpClient api, TextWriter output, bool isTerminal, TimeProvider clock)
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
        var import = new SampleImport(api, output, !Console.IsOutputRedirected, app.Services.GetRequiredService<TimeProvider>());
        try
        {
            var admin = await app.Services.GetRequiredService<FirstAdmin>().Created.WaitAsync(stop.Token);
            await import.ImportAsync(admin?.Email, admin?.Password ?? app.Configuration["Admin:Password"], stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await output.WriteLineAsync($"  {Title, -19} stopped; an uploaded file is imported at the next start\n");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException)
        {
            await output.WriteLineAsync($"  {Title, -19} not imported: {e.Message}\n");
        }
    }

    /// <summary>Signs in, uploads the file and shows the progress until the import ends.</summary>
    internal async Task ImportAsync(string? email, string? password, CancellationToken cancellationToken)
    {
        var bar = new ProgressBar(output, Title, isTerminal);
        var movies = await api.GetFromJsonAsync<JsonElement>("/api/movies?limit=1", cancellationToken);
        if (movies.GetProperty("items").GetArrayLength() > 0)
        {
            bar.End("not imported: the database already has movies");
            return;
        }
        if (email is null || password is null)
        {
            bar.End("not imported: the administrator's password is unknown. Sign in and POST samples/movies.json to /api/movies/import");
            return;
        }
        var started = clock.GetTimestamp();
        await SignInAsync(email, password, cancellationToken);
        var location = await UploadAsync(cancellationToken);
        while (clock.GetElapsedTime(started) < WatchTimeout)
        {
            var import = await api.GetFromJsonAsync<JsonElement>(location, cancellationToken);
            var (total, succeeded, failed) = (ReadCount(import, "total"), ReadCount(import, "succeeded"), ReadCount(import, "failed"));
            bar.Show(succeeded + failed, total);
            switch (import.GetProperty("state").GetString())
            {
                case "completed":
                    bar.End(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{succeeded:N0} imported, {failed:N0} rejected, in {clock.GetElapsedTime(started).TotalSeconds:0.0} s   {api.BaseAddress}{location.OriginalString.TrimStart('/')}"
                        )
                    );
                    return;
                case "failed":
                    bar.End($"not imported: {import.GetProperty("reason").GetString()}");
                    return;
                default:
                    await Task.Delay(PollInterval, clock, cancellationToken);
                    break;
            }
        }
        bar.End($"still importing: GET {location}");
    }

    private async Task SignInAsync(string email, string password, CancellationToken cancellationToken)
    {
        using var response = await api.PostAsJsonAsync("/api/auth/login", new { email, password }, cancellationToken);
        response.EnsureSuccessStatusCode();
        var tokens = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens.GetProperty("accessToken").GetString());
    }

    private async Task<Uri> UploadAsync(CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(SampleFile);
        using var part = new StreamContent(file);
        part.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var form = new MultipartFormDataContent { { part, "file", "movies.json" } };
        using var response = await api.PostAsync("/api/movies/import", form, cancellationToken);
        response.EnsureSuccessStatusCode();
        return response.Headers.Location
            ?? throw new HttpRequestException("The API accepted the file, but the response has no Location header.");
    }

    private static long ReadCount(JsonElement import, string name) => import.GetProperty(name).GetInt64();
}
