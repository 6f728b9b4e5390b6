using System.Diagnostics;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Containers;

/// <summary>
/// The command line of Podman, or of Docker if <c>ASPIRE_CONTAINER_RUNTIME</c> is <c>docker</c>. Tests that need it run only with
/// <c>MOVIELMS_TEST_CONTAINERS=1</c> and require the images <c>movielms/*</c>.
/// </summary>
internal static class ContainerEngine
{
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromMinutes(3);

    internal static bool IsEnabled => Environment.GetEnvironmentVariable("MOVIELMS_TEST_CONTAINERS") == "1";

    internal static bool IsDocker => Environment.GetEnvironmentVariable("ASPIRE_CONTAINER_RUNTIME") == "docker";

    /// <summary>The name of the executable.</summary>
    internal static string Command => IsDocker ? "docker" : "podman";

    /// <summary>The prefix of the services' image names.</summary>
    internal static string Images =>
        Environment.GetEnvironmentVariable("IMAGES") is { Length: > 0 } images ? images
        : IsDocker ? "movielms"
        : "localhost/movielms";

    internal static void SkipUnlessEnabled() =>
        Assert.SkipUnless(
            IsEnabled,
            "needs a container engine and the services' images: .ci/extended builds them and sets MOVIELMS_TEST_CONTAINERS=1"
        );

    /// <summary>Runs a command of the engine and returns its output.</summary>
    /// <exception cref="InvalidOperationException">The command failed. The message contains its output.</exception>
    internal static Task<string> RunAsync(params string[] arguments) => ExecuteAsync(Command, arguments);

    /// <summary>Runs a program and returns its standard output.</summary>
    /// <exception cref="InvalidOperationException">The command failed. The message contains its output.</exception>
    internal static async Task<string> ExecuteAsync(
        string program,
        string[] arguments,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        var command = $"{program} {string.Join(' ', arguments)}";
        using var process = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(CommandTimeout);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(timeout.Token), process.StandardError.ReadToEndAsync(timeout.Token));
        try
        {
            await process.WaitForExitAsync(timeout.Token);
            return process.ExitCode == 0
                ? (await output).Trim()
                : throw new InvalidOperationException($"{command} exited with {process.ExitCode}: {await errors}{await output}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"{command} did not exit within {CommandTimeout}.");
        }
    }

    /// <summary>Runs a cleanup command of the engine, which may fail.</summary>
    internal static async Task TryRunAsync(params string[] arguments)
    {
        try
        {
            await RunAsync(arguments);
        }
        catch (InvalidOperationException e)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(e.Message);
        }
    }
}
