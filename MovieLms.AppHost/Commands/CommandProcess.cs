using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace MovieLms.AppHost.Commands;

/// <summary>Runs a maintenance command of a service in a separate process.</summary>
internal static class CommandProcess
{
    /// <summary>Runs the command with the environment of the running service, and returns its standard output.</summary>
    /// <exception cref="CommandException">The command failed. The message is the last line of its standard error.</exception>
    internal static Task<string> RunAsync(
        IResourceBuilder<ProjectResource> service,
        IReadOnlyList<string> arguments,
        ILogger logger,
        CancellationToken cancellationToken
    ) => RunAsync(service.Resource, service.ApplicationBuilder.ExecutionContext, arguments, logger, cancellationToken);

    /// <summary>Runs the command with the environment of the running service, and returns its standard output.</summary>
    /// <exception cref="CommandException">The command failed. The message is the last line of its standard error.</exception>
    internal static async Task<string> RunAsync(
        ProjectResource service,
        DistributedApplicationExecutionContext execution,
        IReadOnlyList<string> arguments,
        ILogger logger,
        CancellationToken cancellationToken
    )
    {
        var configuration = await ExecutionConfigurationBuilder
            .Create(service)
            .WithEnvironmentVariablesConfig()
            .BuildAsync(execution, logger, cancellationToken);
        var environment = configuration.EnvironmentVariables.ToDictionary(variable => variable.Key, variable => (string?)variable.Value);
        // The command reports through its output. A telemetry exporter would only delay its exit.
        environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = null;
        return await RunAsync(service.GetProjectMetadata().ProjectPath, arguments, environment, cancellationToken);
    }

    /// <summary>Runs the command with the given environment, and returns its standard output.</summary>
    /// <exception cref="CommandException">The command failed. The message is the last line of its standard error.</exception>
    internal static async Task<string> RunAsync(
        string projectPath,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string?> environment,
        CancellationToken cancellationToken
    )
    {
        var start = new ProcessStartInfo("dotnet", [BuildOutput.GetProgram(projectPath), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 ? (await output).Trim() : throw new CommandException(GetLastLine(await error));
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static string GetLastLine(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault()
        ?? "The command failed without a message.";
}

/// <summary>Thrown by a dashboard command that failed. The message is shown to the user.</summary>
internal sealed class CommandException(string message) : Exception(message);
