using System.Diagnostics;

namespace EmbeddedMongo.Tests.Storage;

/// <summary>A server in a separate process that tests can kill.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private readonly Process _process;

    private HostProcess(Process process, string? connectionString)
    {
        _process = process;
        ConnectionString = connectionString ?? "";
    }

    public string ConnectionString { get; }

    /// <param name="directory">The data folder.</param>
    /// <param name="withIcu">Whether the process uses the ICU library, as it does by default.</param>
    public static async Task<HostProcess> StartAsync(string directory, bool withIcu = true)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "EmbeddedMongo.Host.dll"));
        start.ArgumentList.Add(directory);
        if (!withIcu)
            start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";

        var process = Process.Start(start)!;
        return new HostProcess(process, await process.StandardOutput.ReadLineAsync());
    }

    /// <summary>Sends SIGKILL, so no handler runs and no buffer is flushed.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Waits until the process exits by itself. Returns its exit code and error output.</summary>
    public async Task<(int ExitCode, string Error)> WaitForExitAsync()
    {
        var error = await _process.StandardError.ReadToEndAsync();
        await _process.WaitForExitAsync();
        return (_process.ExitCode, error);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
