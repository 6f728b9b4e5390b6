using MovieLms.Testing;
using MovieLms.Testing.Processes;
using MovieLms.Testing.Tools;

namespace MovieLms.EndToEnd.SlowClients;

/// <summary>Starts slow clients of one kind, which run until they are disposed.</summary>
internal static class SlowAttack
{
    internal const int Connections = 500;

    /// <summary>The kinds of attack, each with 500 connections.</summary>
    internal static IReadOnlyList<string> Kinds { get; } =
    ["slow headers", "slow body", "slow read", "slow read of the API document", "half-open hubs", "half requests"];

    internal static async Task<IAsyncDisposable> StartAsync(string kind, Uri server, IReadOnlyList<string> tokens)
    {
        var running = kind switch
        {
            "slow headers" => StartTool("-H", "-i", "2", "-u", new Uri(server, "/api/movies").ToString()),
            "slow body" => StartTool(
                "-B",
                "-i",
                "2",
                "-s",
                "8192",
                "-x",
                "10",
                "-f",
                "application/json",
                "-u",
                new Uri(server, "/api/auth/login").ToString()
            ),
            "slow read" => StartSlowRead(server, "/api/movies?limit=100"),
            "slow read of the API document" => StartSlowRead(server, "/openapi/v1.json"),
            "half-open hubs" => new HalfOpenClients(
                server,
                (server, number) => RawWebSocket.ConnectAsync(server, $"/hubs/chat?access_token={tokens[number % tokens.Count]}")
            ),
            "half requests" => (IAsyncDisposable)new HalfOpenClients(server, HalfOpenClients.SendHalfRequestAsync),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };
        // Wait until the connections are open.
        if (running is HalfOpenClients clients)
            await Eventually.WaitUntilAsync(() => Task.FromResult(clients.Open >= Connections * 9 / 10), "the clients are connected", 60);
        else
            await Task.Delay(TimeSpan.FromSeconds(3));
        return running;
    }

    private static DotnetProcess StartSlowRead(Uri server, string path) =>
        StartTool("-X", "-w", "256", "-y", "512", "-n", "2", "-z", "16", "-k", "3", "-u", new Uri(server, path).ToString());

    /// <summary>
    /// Starts slowhttptest at the lowest priority, since it spins on connections that the server has closed.
    /// </summary>
    private static DotnetProcess StartTool(params string[] arguments) =>
        DotnetProcess.StartProgram(
            ExternalTool.Require("nice"),
            ["-n", "19", ExternalTool.Require("slowhttptest"), "-c", $"{Connections}", "-r", "250", "-l", "600", "-p", "5", .. arguments]
        );
}
