using System.Net;
using Microsoft.Extensions.Logging;
using MovieLms.AppHost.Backing;
using MovieLms.AppHost.Parameters;

namespace MovieLms.AppHost.Commands;

/// <summary>The commands of the dashboard, also available through <c>aspire resource</c>.</summary>
internal static class CommandExtensions
{
    internal static void AddCommands(
        this IDistributedApplicationBuilder builder,
        AppHostOptions options,
        BackingServices backing,
        Administrator administrator,
        IResourceBuilder<ProjectResource> api,
        IResourceBuilder<ProjectResource> worker,
        IResourceBuilder<ProjectResource> web
    )
    {
        if (options.IsPublishing)
            return;
        var import = new MovieImport(api, web, administrator);
        import.AddCommands();
        api.WithTokenCommand(administrator);
        api.WithPasswordCommand(administrator);
        worker.WithJobCommand();
        if (options.Backing == BackingKind.Embedded)
            builder.AddBackupCommand(options, backing);
    }

    /// <summary>
    /// Adds a command that is enabled while the resource is healthy. The message of a <see cref="CommandException"/> is shown to the user.
    /// </summary>
    internal static IResourceBuilder<T> WithCommand<T>(
        this IResourceBuilder<T> resource,
        string name,
        string displayName,
        string description,
        string iconName,
        InteractionInput[] arguments,
        Func<ExecuteCommandContext, Task<ExecuteCommandResult>> execute
    )
        where T : IResource =>
        resource.WithCommand(
            name,
            displayName,
            async context =>
            {
                try
                {
                    return await execute(context);
                }
                catch (Exception e) when (e is CommandException or HttpRequestException or IOException or UnauthorizedAccessException)
                {
                    context.Logger.LogError(e, "Command {Command} failed", name);
                    return CommandResults.Failure(e.Message);
                }
            },
            new CommandOptions
            {
                Description = description,
                IconName = iconName,
                Arguments = arguments,
                UpdateState = context =>
                    context.ResourceSnapshot.HealthStatus
                        is Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy
                            or Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Degraded
                        ? ResourceCommandState.Enabled
                        : ResourceCommandState.Disabled,
            }
        );

    /// <summary>Throws a <see cref="CommandException"/> with the response's body when a request failed.</summary>
    internal static async Task RequireSuccessAsync(this HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
            return;
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        throw new CommandException(
            response.StatusCode == HttpStatusCode.Unauthorized
                ? "The API rejected the access token."
                : $"The API responded with {(int)response.StatusCode}: {body}"
        );
    }
}
