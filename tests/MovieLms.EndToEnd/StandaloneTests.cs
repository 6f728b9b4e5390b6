using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text.Json;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd;

/// <summary>Tests of the README's first command: Standalone as a process with embedded backing services.</summary>
public sealed class StandaloneTests
{
    private const int SampleMovies = 3_200;

    private static readonly Dictionary<string, string?> Admin = new()
    {
        ["Admin__Email"] = "admin@movielms.example",
        ["Admin__Password"] = "rosebud was a sled",
        ["Auth__BcryptCost"] = "4",
    };

    [Fact]
    public async Task The_sample_survives_SIGKILL_with_the_same_analytics()
    {
        var data = Directory.CreateTempSubdirectory("movielms-e2e-");
        try
        {
            string before;
            await using (var first = await StandaloneProcess.StartAsync(data.FullName, Admin, "--sample"))
            {
                before = await GetAnalyticsAfterImportAsync(first);
                await first.Process.KillAsync();
            }
            await using var second = await StandaloneProcess.StartAsync(data.FullName, Admin, "--sample");
            Assert.Equal(before, await GetAnalyticsAfterImportAsync(second));
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task SIGTERM_stops_it_cleanly()
    {
        await using var standalone = await StandaloneProcess.StartAsync();
        var exitCode = await standalone.Process.TerminateAsync();
        Assert.True(exitCode == 0, $"The exit code is {exitCode}:\n{standalone.Process.Output}");
        Assert.DoesNotContain("Unhandled", standalone.Process.Output);
    }

    [Fact]
    public async Task A_port_in_use_exits_with_code_1_and_names_the_option()
    {
        await using var standalone = await StandaloneProcess.StartAsync();
        await using var second = DotnetProcess.Start(
            "MovieLms.Standalone",
            null,
            "--ephemeral",
            "--mongo-port",
            "0",
            "--redis-port",
            "0",
            "--smtp-port",
            "0",
            "--urls",
            standalone.Address.ToString()
        );
        await AssertFailsAsync(second, "--urls");
        await using var third = DotnetProcess.Start(
            "MovieLms.Standalone",
            null,
            "--ephemeral",
            "--mongo-port",
            GetPort(standalone.Mongo!),
            "--redis-port",
            "0",
            "--smtp-port",
            "0",
            "--urls",
            "http://127.0.0.1:0"
        );
        await AssertFailsAsync(third, "--mongo-port");
        await using var fourth = DotnetProcess.Start(
            "MovieLms.Standalone",
            null,
            "--ephemeral",
            "--mongo-port",
            "0",
            "--redis-port",
            GetPort(standalone.Redis!),
            "--smtp-port",
            "0",
            "--urls",
            "http://127.0.0.1:0"
        );
        await AssertFailsAsync(fourth, "--redis-port");
        await using var fifth = DotnetProcess.Start(
            "MovieLms.Standalone",
            null,
            "--ephemeral",
            "--mongo-port",
            "0",
            "--redis-port",
            "0",
            "--smtp-port",
            GetPort(standalone.Smtp!),
            "--urls",
            "http://127.0.0.1:0"
        );
        await AssertFailsAsync(fifth, "--smtp-port");
    }

    [Fact]
    public async Task A_second_instance_on_the_same_folder_is_rejected_and_the_first_keeps_running()
    {
        var data = Directory.CreateTempSubdirectory("movielms-e2e-");
        try
        {
            await using var first = await StandaloneProcess.StartAsync(data.FullName);
            await using var second = DotnetProcess.Start(
                "MovieLms.Standalone",
                null,
                "--data",
                data.FullName,
                "--mongo-port",
                "0",
                "--redis-port",
                "0",
                "--smtp-port",
                "0",
                "--urls",
                "http://127.0.0.1:0"
            );
            await AssertFailsAsync(second, "--data");
            Assert.Equal(HttpStatusCode.OK, (await first.Client.GetAsync("/alive")).StatusCode);
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("--ephemral", "--ephemral")]
    [InlineData("--mongo-port=99999", "--mongo-port")]
    [InlineData("--backing-only=oracle", "--backing-only")]
    public async Task An_invalid_option_is_named(string option, string expected)
    {
        await using var process = DotnetProcess.Start("MovieLms.Standalone", null, "--ephemeral", "--urls", "http://127.0.0.1:0", option);
        await AssertFailsAsync(process, expected);
    }

    [Theory]
    [InlineData("MOVIELMS_MONGO_PASSWORD", "short")]
    [InlineData("MOVIELMS_REDIS_PASSWORD", "short")]
    [InlineData("MOVIELMS_REDIS_PASSWORD", "long enough but with, a comma")]
    public async Task A_weak_or_malformed_password_is_rejected(string variable, string password)
    {
        await using var process = DotnetProcess.Start(
            "MovieLms.Standalone",
            new Dictionary<string, string?> { [variable] = password },
            "--ephemeral",
            "--backing-only",
            "--mongo-port",
            "0",
            "--redis-port",
            "0"
        );
        await AssertFailsAsync(process, $"{variable} must be 22 to 128 letters and digits");
        Assert.DoesNotContain(password, process.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Output_that_is_not_a_terminal_contains_no_passwords(bool areConfigured)
    {
        const string Mongo = "mongoSecretOf30LettersAndDigits";
        const string Redis = "redisSecretOf30LettersAndDigits";
        var data = Directory.CreateTempSubdirectory("movielms-e2e-");
        try
        {
            await using var process = DotnetProcess.Start(
                "MovieLms.Standalone",
                new Dictionary<string, string?>
                {
                    ["MOVIELMS_MONGO_PASSWORD"] = areConfigured ? Mongo : null,
                    ["MOVIELMS_REDIS_PASSWORD"] = areConfigured ? Redis : null,
                },
                "--data",
                data.FullName,
                "--backing-only=mongo,redis",
                "--mongo-port",
                "0",
                "--redis-port",
                "0"
            );
            var output = await process.WaitForOutputAsync(output => output.Contains("  Data") ? output : null);
            Assert.Contains("mongodb://movielms:<password>@127.0.0.1:", output, StringComparison.Ordinal);
            Assert.Contains(",password=<password>  (", output, StringComparison.Ordinal);
            var file = Path.Combine(data.FullName, "mongo-password.txt");
            Assert.Contains(areConfigured ? "(password in MOVIELMS_MONGO_PASSWORD)" : $"(password in {file})", output);
            Assert.Equal(0, await process.TerminateAsync());
            foreach (var password in areConfigured ? [Mongo, Redis] : new[] { (await File.ReadAllTextAsync(file)).Trim() })
                Assert.DoesNotContain(password, process.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("Warning", process.Output, StringComparison.Ordinal);
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_password_that_other_users_could_read_is_restricted_with_a_warning()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes");
        var data = Directory.CreateTempSubdirectory("movielms-e2e-");
        try
        {
            var file = Path.Combine(data.FullName, "mongo-password.txt");
            await File.WriteAllTextAsync(file, "passwordOf30LettersAndDigits12\n");
            File.SetUnixFileMode(data.FullName, (UnixFileMode)Convert.ToInt32("755", 8));
            File.SetUnixFileMode(file, (UnixFileMode)Convert.ToInt32("644", 8));
            foreach (var isWarned in new[] { true, false })
            {
                await using var process = DotnetProcess.Start(
                    "MovieLms.Standalone",
                    null,
                    "--data",
                    data.FullName,
                    "--backing-only=mongo",
                    "--mongo-port",
                    "0"
                );
                var output = await process.WaitForOutputAsync(output => output.Contains("  Data") ? output : null);
                Assert.Equal(0, await process.TerminateAsync());
                Assert.Equal(isWarned, process.Output.Contains("Warning: the permissions of"));
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
                Assert.NotEmpty(output);
            }
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task An_unusable_data_folder_is_reported()
    {
        // A file in place of the folder, so that not even root can write to it.
        var file = Path.GetTempFileName();
        try
        {
            await using var process = DotnetProcess.Start(
                "MovieLms.Standalone",
                null,
                "--data",
                Path.Combine(file, "data"),
                "--urls",
                "http://127.0.0.1:0"
            );
            await AssertFailsAsync(process, "--data");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Production_requires_explicit_permission_for_the_embedded_database()
    {
        await using var process = DotnetProcess.Start(
            "MovieLms.Standalone",
            new Dictionary<string, string?> { ["DOTNET_ENVIRONMENT"] = "Production" },
            "--ephemeral",
            "--mongo-port",
            "0",
            "--redis-port",
            "0",
            "--smtp-port",
            "0",
            "--urls",
            "http://127.0.0.1:0"
        );
        await AssertFailsAsync(process, "--allow-embedded");
    }

    [Theory]
    [InlineData("--backing-only", true, true, true)]
    [InlineData("--backing-only=mongo", true, false, false)]
    [InlineData("--backing-only=redis", false, true, false)]
    [InlineData("--backing-only=mail", false, false, true)]
    [InlineData("--backing-only=mongo,mail", true, false, true)]
    public async Task Backing_services_can_run_alone(string option, bool mongo, bool redis, bool mail)
    {
        await using var process = DotnetProcess.Start(
            "MovieLms.Standalone",
            null,
            "--ephemeral",
            "--mongo-port",
            "0",
            "--redis-port",
            "0",
            "--smtp-port",
            "0",
            "--mail-port",
            "0",
            option
        );
        var table = await process.WaitForOutputAsync(output => output.Contains("  Data") ? output : null);
        Assert.Equal(mongo, table.Contains("MongoDB (embedded)"));
        Assert.Equal(redis, table.Contains("Redis (embedded)"));
        Assert.Equal(mail, table.Contains("SMTP (embedded)"));
        Assert.Equal(mail, table.Contains("Caught mail"));
        Assert.Equal(0, await process.TerminateAsync());
    }

    [Fact]
    public async Task A_signal_during_startup_stops_it_cleanly()
    {
        // Startup has several phases, and each used to react differently.
        foreach (var milliseconds in new[] { 0, 300, 600, 900 })
        {
            var mongo = FreePort.Find();
            await using var process = DotnetProcess.Start(
                "MovieLms.Standalone",
                null,
                "--ephemeral",
                "--mongo-port",
                $"{mongo}",
                "--redis-port",
                "0",
                "--smtp-port",
                "0",
                "--urls",
                "http://127.0.0.1:0"
            );
            await Eventually.WaitUntilAsync(() => IsListeningAsync(mongo), "the embedded MongoDB listens", 60);
            await Task.Delay(milliseconds);
            Assert.Equal(0, await process.TerminateAsync());
            Assert.DoesNotContain("   at ", process.Output);
        }
    }

    private static async Task<string> GetAnalyticsAfterImportAsync(StandaloneProcess standalone)
    {
        using var response = await standalone.Client.PostAsJsonAsync(
            "/api/auth/login",
            new { email = Admin["Admin__Email"], password = Admin["Admin__Password"] }
        );
        response.EnsureSuccessStatusCode();
        var token = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString();
        standalone.Client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        var analytics = "";
        await Eventually.WaitUntilAsync(
            async () =>
            {
                analytics = await standalone.Client.GetStringAsync("/api/analytics");
                using var parsed = JsonDocument.Parse(analytics);
                return parsed.RootElement.GetProperty("moviesByYear").EnumerateArray().Sum(year => year.GetProperty("count").GetInt32())
                    == SampleMovies;
            },
            "all sample movies are counted",
            90
        );
        return analytics;
    }

    private static async Task AssertFailsAsync(DotnetProcess process, string expected)
    {
        Assert.Equal(1, await process.WaitForExitAsync());
        await Eventually.WaitUntilAsync(() => Task.FromResult(process.Output.Contains(expected)), $"'{expected}' in: {process.Output}", 5);
        Assert.DoesNotContain("   at ", process.Output);
    }

    private static async Task<bool> IsListeningAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string GetPort(string connectionString) => connectionString.Split(':')[^1].Split('/', '?', ',')[0];
}
