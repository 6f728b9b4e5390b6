namespace MovieLms.Standalone.Tests;

public sealed class DataFolderTests
{
    [Fact]
    public void A_folder_is_held_by_one_at_a_time()
    {
        var path = Directory.CreateTempSubdirectory("movielms-data-").FullName;
        using (DataFolder.Open(new StandaloneOptions { DataDirectory = path }))
            Assert.Contains(path, Assert.Throws<StandaloneException>(() => DataFolder.Open(new StandaloneOptions { DataDirectory = path })).Message);
        using (var again = DataFolder.Open(new StandaloneOptions { DataDirectory = path })) Assert.Equal(path, again.Path);
        Directory.Delete(path, recursive: true);
    }

    [Fact]
    public void An_ephemeral_folder_goes_with_its_holder()
    {
        string path;
        using (var folder = DataFolder.Open(new StandaloneOptions { Ephemeral = true }))
        {
            path = folder.Path;
            Assert.True(Directory.Exists(folder.Sub("redis")));
        }
        Assert.False(Directory.Exists(path));
    }
}
