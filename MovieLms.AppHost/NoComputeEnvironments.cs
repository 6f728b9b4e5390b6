// Pipelines are experimental in Aspire 13.6.
#pragma warning disable ASPIREPIPELINES001

using Aspire.Hosting.Pipelines;

namespace MovieLms.AppHost;

/// <summary>
/// Replaces ComputeEnvironments.cs in builds without <c>-p:AspireDeploy=true</c>, which have no environment to publish to. The manifest
/// for azd needs none. Any other publish fails with instructions.
/// </summary>
internal static class ComputeEnvironments
{
    private const string Explanation =
        "This build has no compute environment to publish to: set the environment variable AspireDeploy=true and run the command again.";

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
        // Without this, `dotnet run` exits with code 0 after a failed step. The Aspire CLI reports the failure either way.
        Environment.ExitCode = 1;
        throw new DistributedApplicationException(Explanation);
    }

    internal static IResourceBuilder<ProjectResource> WithLimits(this IResourceBuilder<ProjectResource> service, AppHostOptions options)
    {
        _ = options;
        return service;
    }
}
