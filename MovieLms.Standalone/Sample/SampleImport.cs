using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using MovieLms.ApiService.Identity.Accounts;

namespace MovieLms.Standalone.Sample;

/// <summary>
/// Brings the sample films in at the first start, as any client would: signs in as the first admin and uploads the file to
/// the public API. A sample that cannot be brought in is said and is no reason to stop.
/// </summary>
internal sealed class SampleImport(HttpClient api, TextWriter output, bool isTerminal, TimeProvider clock)
{
    private const string Title = "Sample films";
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WatchTimeout = TimeSpan.FromMinutes(2);

    /// <summary>Where the built program keeps the file.</summary>
    private static string SampleFile => Path.Combine(AppContext.BaseDirectory, "samples", "movies.json");

    /// <summary>Imports the films unless there are some already.</summary>
    /// <param name="app">The running application.</param>
    /// <param name="output">Where to draw.</param>
    /// <param name="cancellationToken">Ends the watching; the import itself goes on in the worker.</param>
    internal static async Task RunAsync(WebApplication app, TextWriter output, CancellationToken cancellationToken)
    {
        // A stop must not wait for the sample.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, app.Lifetime.ApplicationStopping);
        using var api = new HttpClient { BaseAddress = LocalAddress(app) };
        var import = new SampleImport(api, output, !Console.IsOutputRedirected, app.Services.GetRequiredService<TimeProvider>());
        try
        {
            var admin = await app.Services.GetRequiredService<FirstAdmin>().Made.WaitAsync(stop.Token);
            await import.ImportAsync(admin?.Email, admin?.Password ?? app.Configuration["Admin:Password"], stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await output.WriteLineAsync($"  {Title, -19} stopped; what was uploaded is imported at the next start\n");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException)
        {
            await output.WriteLineAsync($"  {Title, -19} not imported: {e.Message}\n");
        }
    }

    /// <summary>Signs in, uploads, and shows the progress until the import ends.</summary>
    internal async Task ImportAsync(string? email, string? password, CancellationToken cancellationToken)
    {
        var bar = new ProgressBar(output, Title, isTerminal);
        var films = await api.GetFromJsonAsync<JsonElement>("/api/movies?limit=1", cancellationToken);
        if (films.GetProperty("items").GetArrayLength() > 0)
        {
            bar.End("there are films already; nothing was imported");
            return;
        }
        if (email is null || password is null)
        {
            bar.End("not imported: the admin's password is not known here. Sign in and POST samples/movies.json to /api/movies/import");
            return;
        }
        var started = clock.GetTimestamp();
        await SignInAsync(email, password, cancellationToken);
        var location = await UploadAsync(cancellationToken);
        while (clock.GetElapsedTime(started) < WatchTimeout)
        {
            var import = await api.GetFromJsonAsync<JsonElement>(location, cancellationToken);
            var (total, succeeded, failed) = (Count(import, "total"), Count(import, "succeeded"), Count(import, "failed"));
            bar.Show(succeeded + failed, total);
            switch (import.GetProperty("state").GetString())
            {
                case "completed":
                    bar.End(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{succeeded:N0} imported, {failed:N0} row reported, in {clock.GetElapsedTime(started).TotalSeconds:0.0} s   {api.BaseAddress}{location.OriginalString.TrimStart('/')}"
                        )
                    );
                    return;
                case "failed":
                    bar.End($"not imported: {import.GetProperty("reason").GetString()}");
                    return;
                default:
                    await Task.Delay(AskEvery, clock, cancellationToken);
                    break;
            }
        }
        bar.End($"still being imported: GET {location}");
    }

    private async Task SignInAsync(string email, string password, CancellationToken cancellationToken)
    {
        using var answer = await api.PostAsJsonAsync("/api/auth/login", new { email, password }, cancellationToken);
        answer.EnsureSuccessStatusCode();
        var pair = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", pair.GetProperty("accessToken").GetString());
    }

    private async Task<Uri> UploadAsync(CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(SampleFile);
        using var part = new StreamContent(file);
        part.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var form = new MultipartFormDataContent { { part, "file", "movies.json" } };
        using var answer = await api.PostAsync("/api/movies/import", form, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return answer.Headers.Location ?? throw new HttpRequestException("The API accepted the file and did not say where its import is.");
    }

    private static long Count(JsonElement import, string name) => import.GetProperty(name).GetInt64();

    /// <summary>An address that listens everywhere is reached here on loopback.</summary>
    private static Uri LocalAddress(WebApplication app)
    {
        var address = new UriBuilder(
            app.Urls.First(url => url.StartsWith("http", StringComparison.Ordinal))
                .Replace("://*", "://localhost", StringComparison.Ordinal)
                .Replace("://+", "://localhost", StringComparison.Ordinal)
        );
        if (address.Host is "0.0.0.0" or "[::]")
            address.Host = "localhost";
        return address.Uri;
    }
}
