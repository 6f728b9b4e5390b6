// Pipelines are marked experimental in 13.6.
#pragma warning disable ASPIREPIPELINES001

using Aspire.Hosting.Pipelines;

namespace MovieLms.AppHost;

/// <summary>
/// What ComputeEnvironments.cs is without <c>-p:AspireDeploy=true</c>: no environment to publish to. The manifest that azd reads
/// needs none; any other publish fails and says what to do.
/// </summary>
internal static class ComputeEnvironments
{
    private const string Explanation =
        "This build has no compute environment to publish to: set the environment variable AspireDeploy=true, and run the command again.";

    internal static void AddComputeEnvironment(this IDistributedApplicationBuilder builder, AppHostOptions options)
    {
        if (options.IsPublishing)
        {
            builder.Pipeline.AddStep(
                "require-compute-environment",
                _ => FailAsync(),
                requiredBy: new[] { WellKnownPipelineSteps.Publish, WellKnownPipelineSteps.Deploy }
            );
        }
    }

    private static Task FailAsync()
    {
        // A failed step alone ends `dotnet run` with exit code 0; the Aspire CLI reports the failure either way.
        Environment.ExitCode = 1;
        throw new DistributedApplicationException(Explanation);
    }

    internal static IResourceBuilder<ProjectResource> WithLimits(this IResourceBuilder<ProjectResource> service, AppHostOptions options)
    {
        _ = options;
        return service;
    }
}
