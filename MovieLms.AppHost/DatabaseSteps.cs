// Pipelines are experimental in Aspire 13.6.
#pragma warning disable ASPIREPIPELINES001

using Aspire.Hosting.Pipelines;
using Microsoft.Extensions.Logging;
using MovieLms.AppHost.Backing;
using MovieLms.AppHost.Commands;

namespace MovieLms.AppHost;

/// <summary>
/// The step <c>aspire do create-indexes</c>, which creates the indexes of a managed MongoDB before the services start. It runs the
/// API's one-shot mode on this machine, and is the first step of <c>aspire deploy</c>.
/// </summary>
internal static partial class DatabaseSteps
{
    private const string StepName = "create-indexes";

    internal static void AddDatabaseSteps(this IDistributedApplicationBuilder builder, AppHostOptions options, BackingServices backing)
    {
        if (!options.IsPublishing)
            return;
        builder.Pipeline.AddStep(
            StepName,
            // A MongoDB container is not reachable at this point. A one-shot container or the services create its indexes instead.
            context => options.Backing == BackingKind.Managed ? CreateIndexesAsync(context, backing.MongoDb.Resource) : SkipAsync(context),
            dependsOn: WellKnownPipelineSteps.ProcessParameters,
            requiredBy: WellKnownPipelineSteps.DeployPrereq
        );
    }

    private static Task SkipAsync(PipelineStepContext context)
    {
        LogSkipped(context.Logger);
        return Task.CompletedTask;
    }

    private static async Task CreateIndexesAsync(PipelineStepContext context, IResourceWithConnectionString mongodb)
    {
        var environment = new Dictionary<string, string?>
        {
            ["ConnectionStrings__mongodb"] = await mongodb.GetConnectionStringAsync(context.CancellationToken),
        };
        try
        {
            var project = new Projects.MovieLms_ApiService().ProjectPath;
            LogCreated(
                context.Logger,
                await CommandProcess.RunAsync(project, ["--initialize-database"], environment, context.CancellationToken)
            );
        }
        catch (CommandException e)
        {
            // Without this, `dotnet run` exits with code 0 after a failed step.
            Environment.ExitCode = 1;
            throw new DistributedApplicationException(e.Message, e);
        }
    }

    [LoggerMessage(LogLevel.Information, "{Output}")]
    private static partial void LogCreated(ILogger logger, string output);

    [LoggerMessage(LogLevel.Information, "MongoDB runs as a container of this deployment; its indexes are created when it starts")]
    private static partial void LogSkipped(ILogger logger);
}
