using System.Net.Http.Json;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd;

/// <summary>Only the process's own user can access the files of a running Standalone.</summary>
public sealed class DataFolderModeTests
{
    [Fact]
    public async Task Other_users_cannot_access_files_in_the_data_folder()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "On Windows a new folder inherits the permissions of its parent.");
        using var parent = new TemporaryFolder();
        var data = Path.Combine(parent.Path, "data");
        // The first start creates the folder, and the second opens it.
        for (var start = 0; start < 2; start++)
        {
            await using var standalone = await StandaloneProcess.StartAsync(data);
            using var registered = await standalone.Client.PostAsJsonAsync(
                "/api/auth/register",
                new
                {
                    username = "ida",
                    email = $"ida{start}@example.test",
                    password = "the lighthouse keeps turning",
                }
            );
            registered.EnsureSuccessStatusCode();
            await Eventually.WaitUntilAsync(
                () => Task.FromResult(Directory.GetFiles(Path.Combine(data, "mail"), "*.eml").Length > start),
                "the mail is caught"
            );
            AssertPrivate(data);
            Assert.Equal(0, await standalone.Process.TerminateAsync());
            AssertPrivate(data);
        }
    }

    private static void AssertPrivate(string data)
    {
        var folder = new DirectoryInfo(data);
        foreach (var entry in folder.EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Append(folder))
        {
            var expected = entry is DirectoryInfo ? "700" : "600";
            // RocksDB deletes files at runtime.
            if (entry.Exists)
                Assert.Equal((entry.FullName, expected), (entry.FullName, Convert.ToString((int)entry.UnixFileMode, 8)));
        }
    }
}
