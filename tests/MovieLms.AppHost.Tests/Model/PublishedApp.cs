using System.Diagnostics;

namespace MovieLms.AppHost.Tests.Model;

/// <summary>What the AppHost writes when it is asked to publish, as azd and the Aspire CLI ask it: in a process of its own.</summary>
internal sealed class PublishedApp : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    private PublishedApp(DirectoryInfo folder) => Folder = folder;

    private DirectoryInfo Folder { get; }

    internal string ReadFile(string name) => File.ReadAllText(Path.Combine(Folder.FullName, name));

    /// <summary>Writes the manifest that azd reads.</summary>
    internal static Task<PublishedApp> ManifestAsync(params string[] arguments) =>
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
        // A failed step can still end in exit code 0.
        Assert.DoesNotContain("fail:", text, StringComparison.Ordinal);
        return published;
    }

    public void Dispose() => Folder.Delete(recursive: true);
}
