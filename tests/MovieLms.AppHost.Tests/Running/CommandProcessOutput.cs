using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using MovieLms.AppHost.Commands;

namespace MovieLms.AppHost.Tests.Running;

/// <summary>Runs a maintenance command that fails, and returns its error message.</summary>
internal static class CommandProcessOutput
{
    internal static async Task<string> RunAsync(RunningApp app, string service, params string[] arguments)
    {
        var model = app.App.Services.GetRequiredService<DistributedApplicationModel>();
        var resource = model.Resources.OfType<ProjectResource>().Single(candidate => candidate.Name == service);
        var context = app.App.Services.GetRequiredService<DistributedApplicationExecutionContext>();
        var exception = await Assert.ThrowsAsync<CommandException>(() =>
            CommandProcess.RunAsync(resource, context, arguments, NullLogger.Instance, CancellationToken.None)
        );
        return exception.Message;
    }
}
