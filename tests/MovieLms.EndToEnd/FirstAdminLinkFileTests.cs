using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd;

/// <summary>Standalone's link for the first administrator, in a file because the output is not a terminal.</summary>
public sealed class FirstAdminLinkFileTests
{
    private const string Email = "ada@example.test";
    private const string Password = "the lighthouse keeps turning";

    private static readonly Dictionary<string, string?> Settings = new() { ["Auth__BcryptCost"] = "4" };

    [Fact]
    public async Task The_file_has_the_link_until_there_is_an_administrator()
    {
        using var data = new TemporaryFolder();
        string earlier;
        await using (var first = await StandaloneProcess.StartAsync(data.Path, Settings))
        {
            earlier = await first.GetFirstAdminTokenAsync();
            Assert.Equal(0, await first.Process.TerminateAsync());
        }

        string file;
        await using (var second = await StandaloneProcess.StartAsync(data.Path, Settings, "--sample"))
        {
            file = await second.GetFirstAdminFileAsync();
            var token = await second.GetFirstAdminTokenAsync();
            Assert.NotEqual(earlier, token);
            Assert.DoesNotContain(token, second.Process.Output, StringComparison.Ordinal);
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            await Eventually.WaitUntilAsync(() => HasMoviesAsync(second.Client), "the sample is imported without an administrator", 120);

            using var refused = await CreateAsync(second.Client, earlier);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            using var created = await CreateAsync(second.Client, token);
            Assert.Equal(HttpStatusCode.Created, created.StatusCode);
            await Eventually.WaitUntilAsync(() => Task.FromResult(!File.Exists(file)), "the file is deleted", 60);
            Assert.Equal(0, await second.Process.TerminateAsync());
        }

        // A file that a crash left behind is deleted at the next start.
        await File.WriteAllTextAsync(file, "http://localhost/welcome#left-behind");
        await using var third = await StandaloneProcess.StartAsync(data.Path, Settings);
        using var admin = await ApiClient.SignInAsync(third.Address, Email, Password);
        await Eventually.WaitUntilAsync(() => Task.FromResult(!File.Exists(file)), "the file is deleted", 60);
        Assert.DoesNotContain("Create the administrator", third.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_password_is_reset_on_the_command_line()
    {
        using var data = new TemporaryFolder();
        await using (var standalone = await StandaloneProcess.StartAsync(data.Path, Settings))
        {
            using var created = await CreateAsync(standalone.Client, await standalone.GetFirstAdminTokenAsync());
            Assert.Equal(HttpStatusCode.Created, created.StatusCode);
            Assert.Equal(0, await standalone.Process.TerminateAsync());
        }

        await using var unknown = StartReset(data.Path, "nobody@example.test");
        Assert.Equal(1, await unknown.WaitForExitAsync());
        Assert.Contains("there is no active user with this e-mail address", unknown.Output, StringComparison.Ordinal);
        await using var reset = StartReset(data.Path, Email);
        Assert.Equal(0, await reset.WaitForExitAsync());
        var password = reset.Output.Trim();
        await using var restarted = await StandaloneProcess.StartAsync(data.Path, Settings);
        using var admin = await ApiClient.SignInAsync(restarted.Address, Email, password);
    }

    private static DotnetProcess StartReset(string data, string email) =>
        DotnetProcess.Start(
            "MovieLms.Standalone",
            Settings,
            "--data",
            data,
            "--mongo-port",
            "0",
            "--redis-port",
            "0",
            "--smtp-port",
            "0",
            "--reset-password",
            email
        );

    private static Task<HttpResponseMessage> CreateAsync(HttpClient client, string token) =>
        client.PostAsJsonAsync(
            "/api/auth/first-admin",
            new
            {
                token,
                username = "Ada",
                email = Email,
                password = Password,
            }
        );

    private static async Task<bool> HasMoviesAsync(HttpClient client)
    {
        var movies = await client.GetFromJsonAsync<JsonElement>("/api/movies?limit=1");
        return movies.GetProperty("items").GetArrayLength() > 0;
    }
}
