namespace MovieLms.Testing.Processes;

/// <summary>Finds files of the repository from the output folder of a test.</summary>
public static class Repository
{
    /// <summary>The folder that contains MovieLms.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Returns the path of a file in the repository.</summary>
    public static string File(params string[] path) => Path.Combine([Root, .. path]);

    /// <summary>Returns the path of a project's built program, in the configuration of the running test.</summary>
    /// <param name="project">The name of the project.</param>
    /// <param name="checkout">The root of another checkout, or the folder of a published build; null for this checkout.</param>
    /// <exception cref="FileNotFoundException">The project is not built. The message contains the command to build it.</exception>
    public static string Program(string project, string? checkout = null)
    {
        if (checkout is not null && Path.Combine(checkout, project + ".dll") is var published && System.IO.File.Exists(published))
            return published;
        var configuration = AppContext.BaseDirectory.Contains(
            $"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}",
            StringComparison.Ordinal
        )
            ? "Release"
            : "Debug";
        var path = Path.Combine(checkout ?? Root, project, "bin", configuration, "net10.0", project + ".dll");
        return System.IO.File.Exists(path)
            ? path
            : throw new FileNotFoundException($"{path} does not exist. Build it with: dotnet build -c {configuration}");
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "MovieLms.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"MovieLms.sln was not found in a parent folder of {AppContext.BaseDirectory}.");
    }
}
