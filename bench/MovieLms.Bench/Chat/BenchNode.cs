using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.Bench.Chat;

/// <summary>A process of this program that runs a node.</summary>
internal sealed class BenchNode(DotnetProcess process, Uri address) : IAsyncDisposable
{
    internal Uri Address => address;

    /// <summary>The processor time of the node since its start.</summary>
    internal TimeSpan ProcessorTime => process.ProcessorTime;

    /// <param name="installation">The database and Redis of the node.</param>
    /// <param name="kind">The kind of node.</param>
    /// <param name="prefix">Nodes with the same prefix receive one another's messages. By default, each kind has its own.</param>
    internal static async Task<BenchNode> StartAsync(Installation installation, NodeKind kind, string? prefix = null)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort.Find()}");
        var process = DotnetProcess.StartProgram(
            "dotnet",
            Assembly.GetExecutingAssembly().Location,
            ChatNode.Name,
            kind.ToString(),
            $"--urls={address}",
            "--environment=Development",
            $"--ConnectionStrings:mongodb={installation.Mongo}",
            $"--ConnectionStrings:redis={installation.Redis}",
            $"--services:apiservice:http:0={installation.Services.Api}",
            $"--Redis:Prefix={prefix ?? kind.ToString()}:",
            "--RateLimits:ChatMessages:Permits=1000000000",
            "--Realtime:CallsPerTenSeconds=1000000000",
            "--Realtime:CallsPerUserPerTenSeconds=1000000000",
            "--RateLimits:RequestsPerSecond=1000000"
        );
        var node = new BenchNode(process, address);
        await Eventually.WaitUntilAsync(
            async () => await Installation.GetHealthAsync(address) == HttpStatusCode.OK,
            $"the {kind} node is ready",
            60
        );
        return node;
    }

    internal async Task<NodeMemory> MemoryAsync()
    {
        using var client = new HttpClient { BaseAddress = address };
        return await client.GetFromJsonAsync<NodeMemory>(ChatNode.MemoryPath);
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
