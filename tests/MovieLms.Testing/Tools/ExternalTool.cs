using MovieLms.Testing.Processes;
using Xunit;

namespace MovieLms.Testing.Tools;

/// <summary>
/// External programs that a test needs. If one is missing, the test is skipped with a reason, or fails with
/// <c>MOVIELMS_REQUIRE_ALL=1</c>, which CI sets because it installs all of them.
/// </summary>
public static class ExternalTool
{
    /// <summary>True if a missing program fails the test instead of skipping it.</summary>
    public static bool AreAllRequired => Environment.GetEnvironmentVariable("MOVIELMS_REQUIRE_ALL") == "1";

    /// <summary>Returns whether a program is on the PATH.</summary>
    public static bool IsInstalled(string name) => FindOnPath(name) is not null;

    /// <summary>Returns the full path of a program on the PATH. Skips the test if it is not installed.</summary>
    /// <param name="names">The possible names of the program, such as "chromium" and "google-chrome".</param>
    public static string Require(params string[] names)
    {
        var path = names.Select(FindOnPath).FirstOrDefault(found => found is not null);
        SkipUnless(path is not null, $"needs {string.Join(" or ", names)} on the PATH");
        return path!;
    }

    /// <summary>Returns a file of an npm package in <c>tests/tools</c>. Skips the test if it or Node is not installed.</summary>
    /// <param name="path">The path below <c>node_modules</c>, such as "maildev/dist/bin/maildev.js".</param>
    public static string RequireNpm(string path)
    {
        Require("node");
        var file = Repository.File("tests", "tools", "node_modules", path);
        SkipUnless(Path.Exists(file), $"needs {path}: npm ci --prefix tests/tools");
        return file;
    }

    /// <summary>Skips the test with a reason if a program is missing, or fails it if all programs are required.</summary>
    public static void SkipUnless(bool present, string reason)
    {
        if (AreAllRequired)
            Assert.True(present, reason);
        Assert.SkipUnless(present, reason);
    }

    private static string? FindOnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => new[] { Path.Combine(folder, name), Path.Combine(folder, name + ".exe") })
            .FirstOrDefault(File.Exists);
}
