using System.Net;
using MovieLms.EndToEnd.Containers;

namespace MovieLms.EndToEnd.Cluster;

/// <summary>A container with a fixed address that can be disconnected, paused, killed and restarted.</summary>
internal sealed class ClusterNode(string name, string network, IPAddress address)
{
    private static readonly HttpClient Client = new() { Timeout = TimeSpan.FromSeconds(15) };

    internal string Name => name;

    internal string Container => $"{network}-{name}";

    internal IPAddress Address => address;

    /// <summary>The address on which the service listens.</summary>
    internal Uri Url => new($"http://{address}:8080");

    internal async Task StartAsync(string image, IEnumerable<string> options, params string[] command) =>
        await ContainerEngine.RunAsync([
            "run",
            "-d",
            "--name",
            Container,
            "--hostname",
            name,
            "--network",
            network,
            "--network-alias",
            name,
            "--ip",
            $"{address}",
            .. options,
            image,
            .. command,
        ]);

    /// <summary>Returns the status of <c>/health</c>, or null when the node does not respond.</summary>
    internal async Task<HttpStatusCode?> HealthAsync(string query = "")
    {
        try
        {
            using var response = await Client.GetAsync(new Uri(Url, $"/health{query}"));
            return response.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Drops every packet to and from another node, as a failed link does: no connection is refused or closed.</summary>
    internal async Task CutAsync(ClusterNode other)
    {
        await IptablesAsync("-A", "OUTPUT", "-d", $"{other.Address}", "-j", "DROP");
        await IptablesAsync("-A", "INPUT", "-s", $"{other.Address}", "-j", "DROP");
    }

    /// <summary>Undoes <see cref="CutAsync"/>.</summary>
    internal Task HealAsync() => IptablesAsync("-F");

    internal Task DisconnectAsync() => ContainerEngine.RunAsync("network", "disconnect", network, Container);

    internal Task ConnectAsync() =>
        ContainerEngine.RunAsync("network", "connect", "--alias", name, "--ip", $"{address}", network, Container);

    internal Task PauseAsync() => ContainerEngine.RunAsync("pause", Container);

    internal Task ResumeAsync() => ContainerEngine.RunAsync("unpause", Container);

    internal Task KillAsync() => ContainerEngine.RunAsync("kill", "--signal", "KILL", Container);

    internal Task RestartAsync() => ContainerEngine.RunAsync("start", Container);

    internal Task RemoveAsync() => ContainerEngine.TryRunAsync("rm", "-f", "-v", "-t", "1", Container);

    private async Task IptablesAsync(params string[] rule)
    {
        var process = await ContainerEngine.RunAsync("inspect", "--format", "{{.State.Pid}}", Container);
        string[] command = ["nsenter", "-t", process, "-n", "iptables", "-w", .. rule];
        if (!Environment.IsPrivilegedProcess)
            command = ["sudo", .. command];
        await ContainerEngine.ExecuteAsync(command[0], command[1..]);
    }
}
