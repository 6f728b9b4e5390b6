using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd;

/// <summary>On SIGTERM under load, running requests complete, no accepted write is lost, and the process exits in time.</summary>
public sealed class ShutdownTests
{
    private const int ShutdownSeconds = 15;
    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["Admin__Email"] = "admin@movielms.example",
        ["Admin__Password"] = "rosebud was a sled",
        ["Shutdown__Seconds"] = $"{ShutdownSeconds}",
        ["RateLimits__RequestsPerSecond"] = "100000",
    };

    [Fact]
    public async Task A_running_request_completes_and_no_accepted_write_is_lost()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        await using var services = await ServiceProcesses.StartAsync(BackingServices.CreateName(), Settings);
        using var client = await SignInAsync(services);
        var accepted = new ConcurrentQueue<string>();
        using var load = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 4).Select(writer => WriteAsync(client, $"w{writer}", accepted, load.Token)).ToArray();
        await Eventually.WaitUntilAsync(() => Task.FromResult(accepted.Count > 20), "movies are accepted under load");

        using var slow = new SlowUpload("[{\"Title\":\"The Long Take\"}", "]");
        var response = client.PostAsync("/api/movies/import", slow.Form);
        await slow.Started;
        var exit = services["ApiService"].TerminateAsync();
        slow.Finish();

        Assert.Equal(HttpStatusCode.Accepted, (await response).StatusCode);
        Assert.Equal(0, await exit.WaitAsync(TimeSpan.FromSeconds(ShutdownSeconds + 30)));
        await load.CancelAsync();
        await Task.WhenAll(writers);
        Assert.Contains("Stopping: not ready now", services["ApiService"].Output);

        await services.RestartAsync("ApiService");
        using var again = await SignInAsync(services);
        foreach (var location in accepted)
            Assert.Equal(HttpStatusCode.OK, (await again.GetAsync(location)).StatusCode);
    }

    [Fact]
    public async Task A_stopping_Worker_releases_its_import()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        // With a lease this long, another worker finishes in time only if the first one releases it.
        await using var services = await ServiceProcesses.StartAsync(
            BackingServices.CreateName(),
            new Dictionary<string, string?>(Settings) { ["Imports__Lease"] = "00:10:00", ["Imports__BatchRows"] = "20" }
        );
        using var client = await SignInAsync(services);
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
        var location = accepted.Headers.Location!;
        await Eventually.WaitUntilAsync(async () => await GetStateAsync() == "processing", "the import starts", 60);

        Assert.Equal(0, await services["Worker"].TerminateAsync());
        Assert.Equal("queued", await GetStateAsync());
        await services.RestartAsync("Worker");
        await Eventually.WaitUntilAsync(async () => await GetStateAsync() == "completed", "the next worker completes it", 120);

        async Task<string?> GetStateAsync() => (await client.GetFromJsonAsync<JsonElement>(location)).GetProperty("state").GetString();
    }

    private static Task<HttpClient> SignInAsync(ServiceProcesses services) =>
        ApiClient.SignInAsync(services.Api, Settings["Admin__Email"]!, Settings["Admin__Password"]!);

    private static async Task WriteAsync(HttpClient client, string writer, ConcurrentQueue<string> accepted, CancellationToken stop)
    {
        for (var count = 0; !stop.IsCancellationRequested; count++)
        {
            try
            {
                using var response = await client.PostAsJsonAsync(
                    "/api/movies",
                    new { title = $"Movie {writer}-{count}" },
                    CancellationToken.None
                );
                if (response.StatusCode == HttpStatusCode.Created)
                    accepted.Enqueue(response.Headers.Location!.OriginalString);
            }
            catch (HttpRequestException)
            {
                // The service is unavailable: nothing was accepted.
                await Task.Delay(50, CancellationToken.None);
            }
        }
    }

    /// <summary>An upload whose second half is sent when the test calls <see cref="Finish"/>.</summary>
    private sealed class SlowUpload : IDisposable
    {
        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _finish = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal SlowUpload(string first, string rest) =>
            Form = new MultipartFormDataContent { { new Halves(this, first, rest), "file", "slow.json" } };

        internal MultipartFormDataContent Form { get; }

        internal Task Started => _started.Task;

        internal void Finish() => _finish.TrySetResult();

        public void Dispose() => Form.Dispose();

        private sealed class Halves(SlowUpload owner, string first, string rest) : HttpContent
        {
            protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
            {
                // Exceeds the client's and the server's buffers, so that the request has started on both sides.
                await stream.WriteAsync(Encoding.UTF8.GetBytes(first + new string(' ', 256 * 1024)));
                await stream.FlushAsync();
                owner._started.TrySetResult();
                await owner._finish.Task;
                await stream.WriteAsync(Encoding.UTF8.GetBytes(rest));
            }

            protected override bool TryComputeLength(out long length)
            {
                length = 0;
                return false;
            }
        }
    }
}
