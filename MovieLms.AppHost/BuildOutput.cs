using System.Reflection;

namespace MovieLms.AppHost;

/// <summary>The build output of the solution's projects.</summary>
internal static class BuildOutput
{
    private const string TargetFramework = "net10.0";

    private static readonly string Folder = Path.Combine(
        "bin",
        typeof(BuildOutput).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration,
        TargetFramework
    );

    /// <summary>Returns the path of a project's program, built in the configuration of this build.</summary>
    internal static string GetProgram(string projectPath) =>
        Path.Combine(Path.GetDirectoryName(projectPath)!, Folder, Path.GetFileNameWithoutExtension(projectPath) + ".dll");
}
