using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd;

/// <summary>The README's first command, as a process of its own on its embedded backing services.</summary>
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
    public async Task The_sample_survives_kill_dash_nine_with_the_same_analytics()
    {
        var data = Directory.CreateTempSubdirectory("movielms-e2e-");
        try
        {
            string before;
            await using (var first = await StandaloneProcess.StartAsync(data.FullName, Admin, "--sample"))
            {
                before = await AnalyticsOnceImportedAsync(first);
                await first.Process.KillAsync();
            }
            await using var second = await StandaloneProcess.StartAsync(data.FullName, Admin, "--sample");
            Assert.Equal(before, await AnalyticsOnceImportedAsync(second));
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Sigterm_stops_it_cleanly()
    {
        await using var standalone = await StandaloneProcess.StartAsync();
        Assert.Equal(0, await standalone.Process.TerminateAsync());
        Assert.DoesNotContain("Unhandled", standalone.Process.Output);
    }

    [Fact]
    public async Task A_taken_port_is_one_sentence_and_exit_code_1()
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
        await RefusesAsync(second, "--urls");
        await using var third = DotnetProcess.Start(
            "MovieLms.Standalone",
            null,
            "--ephemeral",
            "--mongo-port",
            PortOf(standalone.Mongo!),
            "--redis-port",
            "0",
            "--smtp-port",
            "0",
            "--urls",
            "http://127.0.0.1:0"
        );
        await RefusesAsync(third, "--mongo-port");
        await using var fourth = DotnetProcess.Start(
            "MovieLms.Standalone",
            null,
            "--ephemeral",
            "--mongo-port",
            "0",
            "--redis-port",
            PortOf(standalone.Redis!),
            "--smtp-port",
            "0",
            "--urls",
            "http://127.0.0.1:0"
        );
        await RefusesAsync(fourth, "--redis-port");
        await using var fifth = DotnetProcess.Start(
            "MovieLms.Standalone",
            null,
            "--ephemeral",
            "--mongo-port",
            "0",
            "--redis-port",
            "0",
            "--smtp-port",
            PortOf(standalone.Smtp!),
            "--urls",
            "http://127.0.0.1:0"
        );
        await RefusesAsync(fifth, "--smtp-port");
    }

    [Fact]
    public async Task A_second_instance_on_the_same_folder_is_refused_and_the_first_goes_on()
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
            await RefusesAsync(second, "--data");
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
    public async Task A_wrong_option_is_named(string option, string named)
    {
        await using var process = DotnetProcess.Start("MovieLms.Standalone", null, "--ephemeral", "--urls", "http://127.0.0.1:0", option);
        await RefusesAsync(process, named);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("long enough but with, a comma")]
    public async Task A_Redis_password_that_can_be_guessed_or_does_not_fit_is_refused(string password)
    {
        await using var process = DotnetProcess.Start(
            "MovieLms.Standalone",
            new Dictionary<string, string?> { ["MOVIELMS_REDIS_PASSWORD"] = password },
            "--ephemeral",
            "--backing-only=redis",
            "--redis-port",
            "0"
        );
        await RefusesAsync(process, "MOVIELMS_REDIS_PASSWORD must be 22 to 128 letters and digits");
        Assert.DoesNotContain(password, process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unusable_data_folder_is_one_sentence()
    {
        // A file where the folder should be: nobody can write there, not even root.
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
            await RefusesAsync(process, "--data");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task In_production_the_embedded_database_must_be_allowed_expressly()
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
        await RefusesAsync(process, "--allow-embedded");
    }

    [Theory]
    [InlineData("--backing-only", true, true, true)]
    [InlineData("--backing-only=mongo", true, false, false)]
    [InlineData("--backing-only=redis", false, true, false)]
    [InlineData("--backing-only=mail", false, false, true)]
    [InlineData("--backing-only=mongo,mail", true, false, true)]
    public async Task Backing_services_run_alone(string option, bool mongo, bool redis, bool mail)
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
    public async Task A_signal_during_the_start_is_an_orderly_stop()
    {
        // The start passes through several phases, and each phase used to end differently.
        foreach (var milliseconds in new[] { 0, 300, 600, 900 })
        {
            var mongo = FreePort.Take();
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
            await Eventually.TrueAsync(() => ListensAsync(mongo), "the embedded MongoDB listens", 60);
            await Task.Delay(milliseconds);
            Assert.Equal(0, await process.TerminateAsync());
            Assert.DoesNotContain("   at ", process.Output);
        }
    }

    private static async Task<string> AnalyticsOnceImportedAsync(StandaloneProcess standalone)
    {
        using var answer = await standalone.Client.PostAsJsonAsync(
            "/api/auth/login",
            new { email = Admin["Admin__Email"], password = Admin["Admin__Password"] }
        );
        answer.EnsureSuccessStatusCode();
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString();
        standalone.Client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        var analytics = "";
        await Eventually.TrueAsync(
            async () =>
            {
                analytics = await standalone.Client.GetStringAsync("/api/analytics");
                using var parsed = JsonDocument.Parse(analytics);
                return parsed.RootElement.GetProperty("moviesByYear").EnumerateArray().Sum(year => year.GetProperty("count").GetInt32())
                    == SampleMovies;
            },
            "all sample films are counted",
            90
        );
        return analytics;
    }

    private static async Task RefusesAsync(DotnetProcess process, string named)
    {
        Assert.Equal(1, await process.WaitForExitAsync());
        await Eventually.TrueAsync(() => Task.FromResult(process.Output.Contains(named)), $"'{named}' in: {process.Output}", 5);
        Assert.DoesNotContain("   at ", process.Output);
    }

    private static async Task<bool> ListensAsync(int port)
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

    private static string PortOf(string connectionString) => connectionString.Split(':')[^1].Split('/', '?', ',')[0];
}
