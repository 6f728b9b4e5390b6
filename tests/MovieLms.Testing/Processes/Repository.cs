namespace MovieLms.Testing.Processes;

/// <summary>Finds the checkout's own files from a test's output folder.</summary>
public static class Repository
{
    /// <summary>The folder that holds MovieLms.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A file of the checkout.</summary>
    public static string File(params string[] path) => Path.Combine([Root, .. path]);

    /// <summary>The built program of a project, in the configuration of the running test.</summary>
    /// <param name="project">The project's name.</param>
    /// <param name="checkout">Another checkout; null for this one.</param>
    /// <exception cref="FileNotFoundException">It is not built; the message says how to.</exception>
    public static string Program(string project, string? checkout = null)
    {
        var configuration = AppContext.BaseDirectory.Contains(
            $"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}",
            StringComparison.Ordinal
        )
            ? "Release"
            : "Debug";
        var path = Path.Combine(checkout ?? Root, project, "bin", configuration, "net10.0", project + ".dll");
        return System.IO.File.Exists(path) ? path : throw new FileNotFoundException($"{path} is missing: dotnet build -c {configuration}");
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "MovieLms.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("The tests run outside the checkout: MovieLms.sln was not found above them.");
    }
}
