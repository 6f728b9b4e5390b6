using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace MovieLms.AppHost.Commands;

/// <summary>Runs a maintenance command of a service as a process of its own, with the environment of the running service.</summary>
internal static class CommandProcess
{
    /// <summary>Runs the command and returns what it printed on standard output.</summary>
    /// <exception cref="CommandException">The command failed; the message is its own.</exception>
    internal static Task<string> RunAsync(
        IResourceBuilder<ProjectResource> service, IReadOnlyList<string> arguments, ILogger logger, CancellationToken cancellationToken) =>
        RunAsync(service.Resource, service.ApplicationBuilder.ExecutionContext, arguments, logger, cancellationToken);

    /// <inheritdoc cref="RunAsync(IResourceBuilder{ProjectResource}, IReadOnlyList{string}, ILogger, CancellationToken)"/>
    internal static async Task<string> RunAsync(
        ProjectResource service, DistributedApplicationExecutionContext execution, IReadOnlyList<string> arguments, ILogger logger,
        CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = AppContext.BaseDirectory,
        };
        start.ArgumentList.Add(GetProgram(service));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in await GetEnvironmentAsync(service, execution, logger, cancellationToken)) start.Environment[name] = value;
        // The command reports by its output; an exporter would only delay its end.
        start.Environment.Remove("OTEL_EXPORTER_OTLP_ENDPOINT");

        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 ? (await output).Trim() : throw new CommandException(LastLine(await error));
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static async Task<IReadOnlyDictionary<string, string>> GetEnvironmentAsync(
        ProjectResource service, DistributedApplicationExecutionContext execution, ILogger logger, CancellationToken cancellationToken)
    {
        var configuration = await ExecutionConfigurationBuilder.Create(service)
            .WithEnvironmentVariablesConfig()
            .BuildAsync(execution, logger, cancellationToken);
        return configuration.EnvironmentVariables.ToDictionary();
    }

    /// <summary>The program that `dotnet build` of the solution made, in the configuration of this build.</summary>
    private static string GetProgram(ProjectResource service)
    {
        var project = service.GetProjectMetadata().ProjectPath;
        return Path.Combine(Path.GetDirectoryName(project)!, BuildOutput.Folder, Path.GetFileNameWithoutExtension(project) + ".dll");
    }

    private static string LastLine(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "The command failed without a message.";
}

/// <summary>Thrown by a dashboard command that failed. The message is shown to the user.</summary>
internal sealed class CommandException(string message) : Exception(message);
