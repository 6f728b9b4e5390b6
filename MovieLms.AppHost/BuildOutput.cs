using System.Reflection;

namespace MovieLms.AppHost;

/// <summary>Where the projects of the solution put their build output.</summary>
internal static class BuildOutput
{
    private const string TargetFramework = "net10.0";

    /// <summary>The folder relative to a project, in the configuration of this build.</summary>
    internal static string Folder { get; } = Path.Combine(
        "bin", typeof(BuildOutput).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration, TargetFramework);
}
