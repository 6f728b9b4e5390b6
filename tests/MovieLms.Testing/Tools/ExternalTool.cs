using MovieLms.Testing.Processes;
using Xunit;

namespace MovieLms.Testing.Tools;

/// <summary>
/// Programs from outside NuGet that a test may need: a machine without one skips the test with a reason, unless
/// <c>MOVIELMS_REQUIRE_ALL=1</c> (CI, which installs them all) makes the lack a failure.
/// </summary>
public static class ExternalTool
{
    /// <summary>Whether a missing tool is a failure and not a reason to skip.</summary>
    public static bool EverythingRequired => Environment.GetEnvironmentVariable("MOVIELMS_REQUIRE_ALL") == "1";

    /// <summary>True when a program of that name is on the PATH.</summary>
    public static bool IsThere(string name) => OnPath(name) is not null;

    /// <summary>The full path of a program on the PATH; without it the test is skipped.</summary>
    /// <param name="names">The names it may have, e.g. "chromium" and "google-chrome".</param>
    public static string Require(params string[] names)
    {
        var path = names.Select(OnPath).FirstOrDefault(found => found is not null);
        Have(path is not null, $"needs {string.Join(" or ", names)} on the PATH");
        return path!;
    }

    /// <summary>A file of an npm package of <c>tests/tools</c>; without it (or without Node) the test is skipped.</summary>
    /// <param name="path">Below <c>node_modules</c>, e.g. "maildev/dist/bin/maildev.js".</param>
    public static string RequireNpm(string path)
    {
        Require("node");
        var file = Repository.File("tests", "tools", "node_modules", path);
        Have(Path.Exists(file), $"needs {path}: npm ci --prefix tests/tools");
        return file;
    }

    /// <summary>Skips the test with a reason, or fails it where everything is required.</summary>
    public static void Have(bool present, string reason)
    {
        if (EverythingRequired)
            Assert.True(present, reason);
        Assert.SkipUnless(present, reason);
    }

    private static string? OnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => new[] { Path.Combine(folder, name), Path.Combine(folder, name + ".exe") })
            .FirstOrDefault(File.Exists);
}
