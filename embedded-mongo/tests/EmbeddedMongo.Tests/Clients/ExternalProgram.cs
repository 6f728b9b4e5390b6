using System.ComponentModel;
using System.Diagnostics;

namespace EmbeddedMongo.Tests.Clients;

/// <summary>Runs client programs in other languages.</summary>
internal static class ExternalProgram
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(3);

    /// <summary>Whether a missing tool fails the test instead of skipping it (MOVIELMS_REQUIRE_ALL=1, as in CI).</summary>
    public static bool IsEverythingRequired => Environment.GetEnvironmentVariable("MOVIELMS_REQUIRE_ALL") == "1";

    /// <summary>Skips the test if the program cannot run, or fails it if everything is required.</summary>
    public static async Task RequireAsync(string program, params string[] arguments)
    {
        var (code, output) = await TryRunAsync(Path.GetTempPath(), program, arguments);
        if (IsEverythingRequired)
            Assert.True(code == 0, $"{program} {string.Join(' ', arguments)}: {output}");

        Assert.SkipWhen(code != 0, $"needs {program} {string.Join(' ', arguments)}: {output}");
    }

    /// <summary>Runs a program until it exits. Returns its exit code and output, or -1 if it cannot start or times out.</summary>
    public static async Task<(int ExitCode, string Output)> TryRunAsync(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process? process;
        try
        {
            process = Process.Start(start);
        }
        catch (Win32Exception error)
        {
            return (-1, error.Message);
        }

        using (process)
        {
            using var timeout = new CancellationTokenSource(Timeout);
            var output = process!.StandardOutput.ReadToEndAsync(CancellationToken.None);
            var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
            try
            {
                await process.WaitForExitAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                return (-1, $"{program} did not exit within {Timeout}");
            }

            return (process.ExitCode, await output + await errors);
        }
    }

    /// <summary>Returns the folder of a client's smoke test.</summary>
    public static string GetFolder(string suite)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Clients", suite);
        return Directory.Exists(folder) ? folder : throw new DirectoryNotFoundException(folder);
    }
}
