using System.Net.Http.Json;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd;

/// <summary>What a running Standalone leaves on disk is for its own user only.</summary>
public sealed class DataFolderModeTests
{
    [Fact]
    public async Task No_file_of_the_data_folder_is_open_to_other_users()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows gives a new folder the rights of its parent");
        using var parent = new TemporaryFolder();
        var data = Path.Combine(parent.Path, "data");
        // The first start creates the folder, the second one opens it.
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
            await Eventually.TrueAsync(
                () => Task.FromResult(Directory.GetFiles(Path.Combine(data, "mail"), "*.eml").Length > start),
                "the mail is caught"
            );
            AssertClosed(data);
            Assert.Equal(0, await standalone.Process.TerminateAsync());
            AssertClosed(data);
        }
    }

    private static void AssertClosed(string data)
    {
        var folder = new DirectoryInfo(data);
        foreach (var entry in folder.EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Append(folder))
        {
            var expected = entry is DirectoryInfo ? "700" : "600";
            // RocksDB deletes files while it runs.
            if (entry.Exists)
                Assert.Equal((entry.FullName, expected), (entry.FullName, Convert.ToString((int)entry.UnixFileMode, 8)));
        }
    }
}
