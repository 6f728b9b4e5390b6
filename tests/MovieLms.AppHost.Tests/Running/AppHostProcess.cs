using System.Text.Json;
using MovieLms.Testing.Processes;

namespace MovieLms.AppHost.Tests.Running;

/// <summary>The AppHost in a separate process, started like <c>dotnet run</c>, with the test's home and data folders.</summary>
internal sealed class AppHostProcess : IAsyncDisposable
{
    private const double StartSeconds = 240;
    private readonly DotnetProcess _process;

    private AppHostProcess(DotnetProcess process, Uri address)
    {
        _process = process;
        Client = new HttpClient { BaseAddress = address };
    }

    /// <summary>A client of the gateway.</summary>
    internal HttpClient Client { get; }

    /// <summary>Maximum number of characters of the output in the message of a failed start.</summary>
    private const int MaxOutputShown = 8_000;

    /// <summary>Everything printed so far.</summary>
    internal string Output => _process.Output;

    internal static async Task<AppHostProcess> StartAsync(string home, string data, IReadOnlyDictionary<string, string?> settings)
    {
        var port = FreePort.Find();
        var environment = new Dictionary<string, string?>(settings)
        {
            // Inherited by the Worker; see ServiceProcesses.
            ["Worker__LowerPriority"] = "false",
            ["HOME"] = home,
            ["DOTNET_CLI_HOME"] = home,
            ["DOTNET_ENVIRONMENT"] = "Development",
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["ASPNETCORE_URLS"] = $"http://localhost:{FreePort.Find()}",
            ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true",
            ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = $"http://localhost:{FreePort.Find()}",
            ["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = $"http://localhost:{FreePort.Find()}",
            ["Run__Port"] = $"{port}",
            ["Run__DataDirectory"] = data,
        };
        var process = DotnetProcess.Start("MovieLms.AppHost", environment);
        try
        {
            await process.WaitForOutputAsync(
                output => output.Contains("Distributed application started", StringComparison.Ordinal) ? output : null,
                StartSeconds
            );
            var app = new AppHostProcess(process, new Uri($"http://localhost:{port}"));
            await Testing.Eventually.WaitUntilAsync(app.IsHealthyAsync, "the gateway is healthy", StartSeconds);
            return app;
        }
        catch (TimeoutException e)
        {
            await process.DisposeAsync();
            var output = process.Output;
            throw new TimeoutException($"{e.Message} The end of the output:\n{output[Math.Max(0, output.Length - MaxOutputShown)..]}", e);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Reads a generated parameter from the user secrets in the home folder.</summary>
    internal static string ReadSecret(string home, string parameter)
    {
        var path = Path.Combine(home, ".microsoft", "usersecrets", "movielms-apphost", "secrets.json");
        using var secrets = JsonDocument.Parse(File.ReadAllText(path));
        return secrets.RootElement.GetProperty($"Parameters:{parameter}").GetString()!;
    }

    /// <summary>Stops the process as Ctrl+C does, and returns its exit code.</summary>
    internal Task<int> StopAsync() => _process.TerminateAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _process.DisposeAsync();
    }

    private async Task<bool> IsHealthyAsync()
    {
        try
        {
            using var response = await Client.GetAsync("/health");
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
