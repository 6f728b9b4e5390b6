using System.ComponentModel;
using System.Diagnostics;

namespace EmbeddedMongo.Tests.Clients;

/// <summary>Runs a client program of another language.</summary>
internal static class ExternalProgram
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>Whether a missing tool is a failure (MOVIELMS_REQUIRE_ALL=1, as in CI) and not a reason to skip.</summary>
    public static bool EverythingRequired => Environment.GetEnvironmentVariable("MOVIELMS_REQUIRE_ALL") == "1";

    /// <summary>Skips the test when the program cannot be run at all, unless everything is required.</summary>
    public static async Task RequireAsync(string program, params string[] arguments)
    {
        var (code, output) = await TryRunAsync(Path.GetTempPath(), program, arguments);
        if (EverythingRequired)
            Assert.True(code == 0, $"{program} {string.Join(' ', arguments)}: {output}");

        Assert.SkipWhen(code != 0, $"needs {program} {string.Join(' ', arguments)}: {output}");
    }

    /// <summary>Runs a program to its end and returns its exit code and all that it printed.</summary>
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
            using var limit = new CancellationTokenSource(Limit);
            var output = process!.StandardOutput.ReadToEndAsync(CancellationToken.None);
            var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
            try
            {
                await process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                return (-1, $"{program} did not end within {Limit}");
            }

            return (process.ExitCode, await output + await errors);
        }
    }

    /// <summary>The folder of this source file's suites.</summary>
    public static string FolderOf(string suite)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Clients", suite);
        return Directory.Exists(folder) ? folder : throw new DirectoryNotFoundException(folder);
    }
}
