using System.Diagnostics;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Containers;

/// <summary>
/// Podman, or Docker where <c>ASPIRE_CONTAINER_RUNTIME</c> says so, driven by its command line. Tests that need it run with
/// <c>MOVIELMS_TEST_CONTAINERS=1</c> and expect the images <c>movielms/*</c> to be built.
/// </summary>
internal static class ContainerEngine
{
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromMinutes(3);

    internal static bool IsEnabled => Environment.GetEnvironmentVariable("MOVIELMS_TEST_CONTAINERS") == "1";

    internal static bool IsDocker => Environment.GetEnvironmentVariable("ASPIRE_CONTAINER_RUNTIME") == "docker";

    /// <summary>The name of the command.</summary>
    internal static string Command => IsDocker ? "docker" : "podman";

    /// <summary>Where the services' images are, without the service's name.</summary>
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
    /// <exception cref="InvalidOperationException">It failed; the message holds its output.</exception>
    internal static Task<string> RunAsync(params string[] arguments) => ExecuteAsync(Command, arguments);

    /// <summary>Runs a program and returns its standard output.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message holds its output.</exception>
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
            throw new InvalidOperationException($"{command} did not end within {CommandTimeout}.");
        }
    }

    /// <summary>Runs a command of the engine that may fail, for cleaning up.</summary>
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
