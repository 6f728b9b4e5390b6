using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Aspire.Hosting.Testing;
using MongoDB.Driver;
using MovieLms.AppHost.Commands;
using MovieLms.Testing;

namespace MovieLms.AppHost.Tests.Running;

/// <summary>The application without a container runtime, with its backing services as processes.</summary>
[Collection(RunningCollection.Name)]
public sealed class EmbeddedRunTests(EmbeddedApp app) : IClassFixture<EmbeddedApp>
{
    [Fact]
    public Task A_student_uploads_todos_and_receives_mail_and_events() => Story.RunAsync(app);

    [Fact]
    public async Task A_command_imports_the_sample_movies()
    {
        var result = await app.ExecuteAsync("web", "import-sample");
        Assert.True(result.Success, result.Message);
        Assert.Contains("rows imported", result.Message, StringComparison.Ordinal);
        using var client = app.CreateClient();
        var movies = await client.GetFromJsonAsync<JsonElement>("/api/movies?limit=1");
        Assert.Equal(1, movies.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task A_command_issues_a_valid_token()
    {
        var result = await app.ExecuteAsync("apiservice", "issue-token", ("email", ""));
        Assert.True(result.Success, result.Message);
        using var client = app.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", result.Data!.Value);
        var me = await client.GetFromJsonAsync<JsonElement>("/api/auth/me");
        Assert.Equal(RunningApp.AdminEmail, me.GetProperty("email").GetString());
    }

    [Fact]
    public async Task A_command_resets_a_password_and_revokes_the_sessions()
    {
        const string Email = "forgetful@example.test";
        using var visitor = app.CreateClient();
        (
            await visitor.PostAsJsonAsync(
                "/api/auth/register",
                new
                {
                    username = "forgetful",
                    email = Email,
                    password = RunningApp.Password,
                }
            )
        ).EnsureSuccessStatusCode();
        using var before = await app.SignInAsync(Email, RunningApp.Password);

        var result = await app.ExecuteAsync("apiservice", "reset-password", ("email", Email));

        Assert.True(result.Success, result.Message);
        using var after = await app.SignInAsync(Email, result.Data!.Value);
        await Eventually.WaitUntilAsync(
            async () => (await before.GetAsync("/api/auth/me")).StatusCode == HttpStatusCode.Unauthorized,
            "the old session is revoked"
        );
        Assert.Equal(HttpStatusCode.OK, (await after.GetAsync("/api/auth/me")).StatusCode);
    }

    [Theory]
    [InlineData("issue-token", "nobody@example.test", "there is no active user with this e-mail address")]
    [InlineData("reset-password", "not an address", "is not an e-mail address")]
    public async Task A_failed_command_reports_the_reason(string command, string email, string message)
    {
        var result = await app.ExecuteAsync("apiservice", command, ("email", email));
        Assert.False(result.Success);
        Assert.Contains(message, result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_runs_a_scheduled_job()
    {
        foreach (var job in new[] { "digest-weekly", "uploads-sweep" })
        {
            var result = await app.ExecuteAsync("worker", "run-job", ("job", job));
            Assert.True(result.Success, result.Message);
            Assert.Contains($"The job {job} succeeded", result.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_command_lists_all_jobs_of_the_worker()
    {
        var worker = await CommandProcessOutput.RunAsync(app, "worker", "--run-job", "unknown");
        foreach (var job in JobCommand.Jobs)
            Assert.Contains(job, worker, StringComparison.Ordinal);
        Assert.Equal(JobCommand.Jobs.Count, worker.Split("Available jobs: ")[1].Split(',').Length);
    }

    [Fact]
    public async Task MongoDB_and_Redis_require_their_passwords_and_no_command_line_contains_them()
    {
        var mongo = app.App.GetEndpoint("mongo", "tcp");
        using var anonymous = new MongoClient($"mongodb://{mongo.Host}:{mongo.Port}/?directConnection=true");
        var error = await Assert.ThrowsAsync<MongoCommandException>(() => anonymous.ListDatabaseNamesAsync());
        Assert.Equal("Unauthorized", error.CodeName);

        using var client = new TcpClient();
        var redis = app.App.GetEndpoint("redis", "tcp");
        await client.ConnectAsync(redis.Host, redis.Port);
        await client.GetStream().WriteAsync("*3\r\n$3\r\nSET\r\n$7\r\nplanted\r\n$1\r\n1\r\n"u8.ToArray());
        using var reader = new StreamReader(client.GetStream());
        Assert.StartsWith("-NOAUTH", await reader.ReadLineAsync(), StringComparison.Ordinal);

        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads command lines from /proc");
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out _)))
        {
            try
            {
                var commandLine = await File.ReadAllTextAsync(Path.Combine(process, "cmdline"));
                Assert.DoesNotContain(RunningApp.MongoPassword, commandLine, StringComparison.Ordinal);
                Assert.DoesNotContain(RunningApp.RedisPassword, commandLine, StringComparison.Ordinal);
            }
            catch (IOException)
            {
                // The process has ended.
            }
        }
    }

    [Fact]
    public async Task A_backup_contains_the_documents_and_indexes()
    {
        var result = await app.ExecuteAsync("mongo", "backup");
        Assert.True(result.Success, result.Message);
        var folder = Assert.Single(Directory.GetDirectories(Path.Combine(app.DataDirectory, "backups")));
        var users = await BsonFile.ReadAsync(Path.Combine(folder, "movielms", "users.bson"));
        Assert.Contains(users, user => user["email"] == RunningApp.AdminEmail);
        var indexes = await File.ReadAllTextAsync(Path.Combine(folder, "movielms", "users.metadata.json"));
        Assert.Contains("emailNormalized", indexes, StringComparison.Ordinal);
    }
}
