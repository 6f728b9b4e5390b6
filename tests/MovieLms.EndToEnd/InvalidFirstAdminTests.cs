using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd;

/// <summary>The process exits with an error message if the configured first administrator is invalid.</summary>
public sealed class InvalidFirstAdminTests
{
    public static TheoryData<string, string, string, string> Rejected =>
        new()
        {
            { "admin@example.test", "short", "Admin:Password", "10" },
            { "admin@example.test", "password123", "Admin:Password", "common" },
            { "not an address", "curtain-falls-slowly-42", "Admin:Email", "e-mail" },
        };

    [Theory]
    [MemberData(nameof(Rejected))]
    public async Task ApiService_exits_with_code_1_and_a_one_line_message(string email, string password, string setting, string reason)
    {
        var backing = await BackingServices.GetAsync();
        await using var process = DotnetProcess.Start(
            "MovieLms.ApiService",
            new Dictionary<string, string?>
            {
                ["ConnectionStrings__mongodb"] = backing.GetMongoConnectionString(BackingServices.CreateName()),
                ["ConnectionStrings__redis"] = backing.Redis,
                ["Admin__Email"] = email,
                ["Admin__Password"] = password,
                ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
                ["DOTNET_ENVIRONMENT"] = "Development",
            }
        );
        await AssertRejectedAsync(process, password, setting, reason);
    }

    [Theory]
    [MemberData(nameof(Rejected))]
    public async Task Standalone_exits_with_code_1_and_a_one_line_message(string email, string password, string setting, string reason)
    {
        await using var process = DotnetProcess.Start(
            "MovieLms.Standalone",
            new Dictionary<string, string?> { ["Admin__Email"] = email, ["Admin__Password"] = password },
            "--ephemeral",
            "--mongo-port",
            "0",
            "--redis-port",
            "0",
            "--smtp-port",
            "0",
            "--urls",
            "http://127.0.0.1:0",
            "--sample"
        );
        await AssertRejectedAsync(process, password, setting, reason);
    }

    [Fact]
    public async Task The_settings_are_ignored_once_an_administrator_exists()
    {
        using var data = new TemporaryFolder();
        await using (
            var first = await StandaloneProcess.StartAsync(data.Path, CreateSettings("admin@example.test", "curtain-falls-slowly-42"))
        )
        {
            using var admin = await ApiClient.SignInAsync(first.Address, "admin@example.test", "curtain-falls-slowly-42");
            Assert.Equal(0, await first.Process.TerminateAsync());
        }
        await using var second = await StandaloneProcess.StartAsync(data.Path, CreateSettings("admin@example.test", "short"));
        using var again = await ApiClient.SignInAsync(second.Address, "admin@example.test", "curtain-falls-slowly-42");
        Assert.Equal(0, await second.Process.TerminateAsync());
    }

    private static Dictionary<string, string?> CreateSettings(string email, string password) =>
        new() { ["Admin__Email"] = email, ["Admin__Password"] = password };

    private static async Task AssertRejectedAsync(DotnetProcess process, string password, string setting, string reason)
    {
        Assert.Equal(1, await process.WaitForExitAsync());
        await Eventually.WaitUntilAsync(
            () => Task.FromResult(process.Output.Contains(setting)),
            $"{setting} is named in: {process.Output}",
            5
        );
        var sentence = Assert.Single(process.Output.Split('\n'), line => line.Contains(setting, StringComparison.Ordinal));
        Assert.Contains(reason, sentence, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain($"'{password}'", process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", process.Output, StringComparison.Ordinal);
    }
}
