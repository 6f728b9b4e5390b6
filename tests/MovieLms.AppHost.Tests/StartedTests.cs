using System.Diagnostics;
using System.Net;
using Aspire.Hosting.Testing;

namespace MovieLms.AppHost.Tests;

/// <summary>The whole model, started: where a container runtime answers.</summary>
public sealed class StartedTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Every_service_becomes_healthy_and_answers()
    {
        var runtime = Environment.GetEnvironmentVariable("ASPIRE_CONTAINER_RUNTIME") is { Length: > 0 } named ? named : "docker";
        if (!await AnswersAsync(runtime))
        {
            Assert.False(Environment.GetEnvironmentVariable("MOVIELMS_REQUIRE_ALL") == "1", $"No container runtime answers ('{runtime} info').");
            Assert.Skip($"No container runtime answers ('{runtime} info').");
        }
        using var patience = new CancellationTokenSource(Patience);
        // A volume of another run would hold another run's password.
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.MovieLms_AppHost>(
            ["--Run:Backing=containers", "--Deploy:Volumes=false", "--Parameters:admin-email=admin@example.test", "--Parameters:admin-password=curtain-falls-slowly-42"], patience.Token);
        await using var app = await builder.BuildAsync(patience.Token);
        await app.StartAsync(patience.Token);
        foreach (var name in new[] { "apiservice", "worker", "realtime" })
        {
            await app.ResourceNotifications.WaitForResourceHealthyAsync(name, patience.Token);
            using var client = app.CreateHttpClient(name, "http");
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health", patience.Token)).StatusCode);
        }
    }

    private static async Task<bool> AnswersAsync(string runtime)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(runtime, "info") { RedirectStandardOutput = true, RedirectStandardError = true })!;
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            await process.WaitForExitAsync(patience.Token);
            return process.ExitCode == 0;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or OperationCanceledException)
        {
            return false;
        }
    }
}
