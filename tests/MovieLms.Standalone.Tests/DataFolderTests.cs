using System.Runtime.Versioning;
using MovieLms.Testing;

namespace MovieLms.Standalone.Tests;

public sealed class DataFolderTests
{
    [Fact]
    public void Only_one_process_can_open_a_folder()
    {
        var path = Directory.CreateTempSubdirectory("movielms-data-").FullName;
        using (DataFolder.Open(new StandaloneOptions { DataDirectory = path }))
        {
            Assert.Contains(
                path,
                Assert.Throws<DataFolderInUseException>(() => DataFolder.Open(new StandaloneOptions { DataDirectory = path })).Message
            );
        }

        using (var again = DataFolder.Open(new StandaloneOptions { DataDirectory = path }))
            Assert.Equal(path, again.Path);
        Directory.Delete(path, recursive: true);
    }

    [Fact]
    public async Task Backing_services_wait_until_the_previous_run_releases_the_folder()
    {
        using var data = new TemporaryFolder();
        var options = new StandaloneOptions { DataDirectory = data.Path };
        var previous = DataFolder.Open(options);
        var opening = DataFolder.OpenWhenReleasedAsync(options, TestContext.Current.CancellationToken);
        await Task.Delay(TimeSpan.FromMilliseconds(500), TestContext.Current.CancellationToken);
        Assert.False(opening.IsCompleted);
        previous.Dispose();
        using var folder = await opening;
        Assert.Equal(data.Path, folder.Path);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Opening_a_folder_removes_access_of_other_users()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "on Windows, a new folder inherits its parent's permissions");
        using var outside = new TemporaryFolder();
        var elsewhere = Path.Combine(outside.Path, "elsewhere.txt");
        File.WriteAllText(elsewhere, "");
        File.SetUnixFileMode(elsewhere, (UnixFileMode)Convert.ToInt32("644", 8));
        using var data = new TemporaryFolder();
        var nested = Directory.CreateDirectory(Path.Combine(data.Path, "mail", "old")).FullName;
        var mail = Path.Combine(nested, "1.eml");
        File.WriteAllText(mail, "https://example.test/reset#secret");
        File.CreateSymbolicLink(Path.Combine(data.Path, "link"), elsewhere);
        foreach (var path in new[] { data.Path, Path.GetDirectoryName(nested)!, nested })
            File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32("755", 8));
        File.SetUnixFileMode(mail, (UnixFileMode)Convert.ToInt32("644", 8));

        using (DataFolder.Open(new StandaloneOptions { DataDirectory = data.Path }))
        {
            Assert.Equal(
                "700 700 700 600",
                string.Join(' ', new[] { data.Path, Path.GetDirectoryName(nested)!, nested, mail }.Select(Mode))
            );
            // The target of a link is outside the folder and stays unchanged.
            Assert.Equal("644", Mode(elsewhere));
        }
    }

    [UnsupportedOSPlatform("windows")]
    private static string Mode(string path) => Convert.ToString((int)File.GetUnixFileMode(path), 8);

    [Fact]
    public void An_ephemeral_folder_is_deleted_on_disposal()
    {
        string path;
        using (var folder = DataFolder.Open(new StandaloneOptions { Ephemeral = true }))
        {
            path = folder.Path;
            Assert.True(Directory.Exists(folder.GetSubfolder("redis")));
        }
        Assert.False(Directory.Exists(path));
    }
}
