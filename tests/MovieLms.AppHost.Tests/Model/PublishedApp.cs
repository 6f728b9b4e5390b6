using System.Diagnostics;

namespace MovieLms.AppHost.Tests.Model;

/// <summary>The output of a publish, run in a separate process as azd and the Aspire CLI do.</summary>
internal sealed class PublishedApp : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    private PublishedApp(DirectoryInfo folder) => Folder = folder;

    private DirectoryInfo Folder { get; }

    internal string ReadFile(string name) => File.ReadAllText(Path.Combine(Folder.FullName, name));

    /// <summary>Publishes the manifest that azd reads.</summary>
    internal static Task<PublishedApp> PublishManifestAsync(params string[] arguments) =>
        RunAsync(folder => ["--publisher", "manifest", "--output-path", Path.Combine(folder, "manifest.json"), .. arguments]);

    private static async Task<PublishedApp> RunAsync(Func<string, string[]> arguments)
    {
        var published = new PublishedApp(Directory.CreateTempSubdirectory("movielms-publish-"));
        var start = new ProcessStartInfo(
            Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet"
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(typeof(Projects.MovieLms_AppHost).Assembly.Location);
        foreach (var argument in arguments(published.Folder.FullName).Concat(AppHostModel.Parameters))
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var timeout = new CancellationTokenSource(Timeout);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }
        var text = await output + await errors;
        Assert.True(process.ExitCode == 0, text);
        // The exit code can be 0 even though a step failed.
        Assert.DoesNotContain("fail:", text, StringComparison.Ordinal);
        return published;
    }

    public void Dispose() => Folder.Delete(recursive: true);
}
