using System.Runtime.Versioning;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Testing;

namespace MovieLms.Standalone.Tests;

/// <summary>The embedded MongoDB requires a password, which a data folder keeps.</summary>
public sealed class EmbeddedMongoPasswordTests : IDisposable
{
    private const string Configured = "configuredPasswordOf30Letters1";
    private readonly TemporaryFolder _data = new();

    private string PasswordFile => Path.Combine(_data.Path, MongoPasswordFile.FileName);

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task A_data_folder_keeps_its_password()
    {
        var first = await StartAndReadUrlAsync(CreateOptions());
        var second = await StartAndReadUrlAsync(CreateOptions());
        Assert.Equal((first.Username, first.Password), (second.Username, second.Password));
        Assert.Equal((EmbeddedBackingServices.MongoUser, "admin"), (first.Username, first.AuthenticationSource));
        Assert.Equal(first.Password, (await File.ReadAllTextAsync(PasswordFile)).TrimEnd());
        Assert.Matches("^[0-9a-f]{48}$", first.Password);
    }

    [Fact]
    public async Task Data_in_memory_has_a_new_password_at_each_start()
    {
        var first = await StartAndReadUrlAsync(new StandaloneOptions { Ephemeral = true });
        var second = await StartAndReadUrlAsync(new StandaloneOptions { Ephemeral = true });
        Assert.NotEqual(first.Password, second.Password);
    }

    [Fact]
    public async Task A_configured_password_is_used_and_not_stored()
    {
        var url = await StartAndReadUrlAsync(CreateOptions() with { MongoPassword = Configured });
        Assert.Equal(Configured, url.Password);
        Assert.False(File.Exists(PasswordFile));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Only_the_owner_can_read_the_file()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes");
        using var folder = DataFolder.Open(CreateOptions());
        // Left by a start that was killed.
        File.WriteAllText(PasswordFile + ".new", "");
        File.SetUnixFileMode(PasswordFile + ".new", (UnixFileMode)Convert.ToInt32("644", 8));

        MongoPasswordFile.GetOrCreate(folder);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PasswordFile));
        Assert.False(File.Exists(PasswordFile + ".new"));
    }

    [Theory]
    [InlineData("755", "644", true)]
    [InlineData("750", "640", true)]
    [InlineData("700", "644", false)]
    [InlineData("755", "600", false)]
    [UnsupportedOSPlatform("windows")]
    public void A_file_that_others_could_read_is_restricted_with_a_warning(string folderMode, string fileMode, bool isWarned)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes");
        File.WriteAllText(PasswordFile, Configured);
        File.SetUnixFileMode(PasswordFile, (UnixFileMode)Convert.ToInt32(fileMode, 8));
        File.SetUnixFileMode(_data.Path, (UnixFileMode)Convert.ToInt32(folderMode, 8));

        using var folder = DataFolder.Open(CreateOptions());

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PasswordFile));
        Assert.Equal(isWarned, GetWarning(folder).Contains($"delete {PasswordFile} for a new password", StringComparison.Ordinal));
        Assert.Equal(Configured, MongoPasswordFile.GetOrCreate(folder));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void A_link_to_a_file_that_others_can_read_is_reported()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes");
        using var elsewhere = new TemporaryFolder();
        var target = Path.Combine(elsewhere.Path, "secret");
        File.WriteAllText(target, Configured);
        File.SetUnixFileMode(target, (UnixFileMode)Convert.ToInt32("644", 8));
        File.CreateSymbolicLink(PasswordFile, target);

        using var folder = DataFolder.Open(CreateOptions());

        Assert.StartsWith("Warning: other users can read the password of MongoDB", GetWarning(folder), StringComparison.Ordinal);
        File.SetUnixFileMode(target, (UnixFileMode)Convert.ToInt32("600", 8));
        Assert.Empty(GetWarning(folder));
    }

    [Fact]
    public void A_hidden_password_is_replaced_by_a_hint()
    {
        var password = new ServicePassword(Configured, "password in FILE");
        var connectionString = $"mongodb://movielms:{Configured}@127.0.0.1:5427/";
        Assert.Equal(connectionString, password.Format(connectionString, isVisible: true));
        Assert.Equal(
            "mongodb://movielms:<password>@127.0.0.1:5427/  (password in FILE)",
            password.Format(connectionString, isVisible: false)
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("tooShort")]
    [InlineData("long enough but with spaces")]
    [InlineData("firstLineOf24Characters1\nsecond")]
    public void An_invalid_file_is_reported(string content)
    {
        using var folder = DataFolder.Open(CreateOptions());
        File.WriteAllText(PasswordFile, content);
        var error = Assert.Throws<StandaloneException>(() => MongoPasswordFile.GetOrCreate(folder));
        Assert.Contains(PasswordFile, error.Message, StringComparison.Ordinal);
        Assert.Contains("Delete the file", error.Message, StringComparison.Ordinal);
        if (content.Trim().Length > 0)
            Assert.DoesNotContain(content, error.ToString(), StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(PasswordFile));
    }

    [Fact]
    public void A_long_file_is_reported()
    {
        using var folder = DataFolder.Open(CreateOptions());
        File.WriteAllText(PasswordFile, new string('a', 100_000));
        Assert.Throws<StandaloneException>(() => MongoPasswordFile.GetOrCreate(folder));
    }

    [Fact]
    public void An_unreadable_file_is_reported()
    {
        using var folder = DataFolder.Open(CreateOptions());
        // A folder in place of the file, so that not even root can read it.
        Directory.CreateDirectory(PasswordFile);
        var error = Assert.Throws<StandaloneException>(() => MongoPasswordFile.GetOrCreate(folder));
        Assert.Contains($"The file {PasswordFile} with the password", error.Message, StringComparison.Ordinal);
    }

    private static string GetWarning(DataFolder folder)
    {
        using var output = new StringWriter();
        ExposureWarning.Write(output, folder);
        return output.ToString();
    }

    private StandaloneOptions CreateOptions() => new() { DataDirectory = _data.Path };

    /// <summary>Starts MongoDB, checks that it requires its password, and returns its connection string.</summary>
    private static async Task<MongoUrl> StartAndReadUrlAsync(StandaloneOptions options)
    {
        using var folder = DataFolder.Open(options);
        await using var services = await EmbeddedBackingServices.StartAsync(
            options with
            {
                MongoPort = 0,
            },
            BackingKinds.Mongo,
            folder,
            TestContext.Current.CancellationToken
        );
        var url = MongoUrl.Create(services.Mongo!.ConnectionString);
        using var client = new MongoClient(url);
        await client.GetDatabase("movielms").GetCollection<BsonDocument>("movies").InsertOneAsync([]);
        using var anonymous = new MongoClient($"mongodb://{url.Server}/?directConnection=true");
        var error = await Assert.ThrowsAsync<MongoCommandException>(() => anonymous.ListDatabaseNamesAsync());
        Assert.Equal("Unauthorized", error.CodeName);
        return url;
    }
}
