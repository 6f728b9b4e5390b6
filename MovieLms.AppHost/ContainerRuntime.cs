using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace MovieLms.AppHost;

/// <summary>Detects the container runtime that Aspire's orchestrator would use.</summary>
internal static class ContainerRuntime
{
    private const string RuntimeVariable = "ASPIRE_CONTAINER_RUNTIME";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Returns the name of the first runtime whose engine responds, or null. An installed client without an engine does not count.
    /// </summary>
    internal static string? Find(IConfiguration configuration)
    {
        string[] candidates = configuration[RuntimeVariable] is { Length: > 0 } configured ? [configured] : ["docker", "podman"];
        return candidates.FirstOrDefault(IsRunning);
    }

    private static bool IsRunning(string runtime)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(runtime, "info") { RedirectStandardOutput = true, RedirectStandardError = true }
            )!;
            // Read both streams, because a full pipe would block the process.
            process.OutputDataReceived += static (_, _) => { };
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            if (process.WaitForExit(Timeout))
                return process.ExitCode == 0;
            process.Kill(entireProcessTree: true);
            return false;
        }
        catch (Win32Exception)
        {
            // Not installed.
            return false;
        }
    }
}
