using System.Diagnostics;

namespace MovieLms.AppHost.Tests.Model;

/// <summary>Publishing with a build that has no compute environments, which must not succeed without output.</summary>
public sealed class PublishRefusalTests
{
    [Theory]
    [InlineData("compose")]
    [InlineData("azure")]
    public async Task A_publish_fails_with_instructions(string target)
    {
        var folder = Directory.CreateTempSubdirectory("movielms-publish-");
        string[] arguments =
        [
            typeof(Projects.MovieLms_AppHost).Assembly.Location,
            "--operation",
            "publish",
            "--step",
            "publish",
            "--output-path",
            folder.FullName,
            $"--Deploy:Target={target}",
            .. AppHostModel.Parameters,
        ];
        var stop = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(stop), process.StandardError.ReadToEndAsync(stop));
        await process.WaitForExitAsync(stop);
        Assert.Equal(1, process.ExitCode);
        Assert.Contains("set the environment variable AspireDeploy=true", await output + await errors, StringComparison.Ordinal);
        Assert.Empty(folder.GetFileSystemInfos());
        folder.Delete();
    }
}
