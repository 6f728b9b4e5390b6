using System.Text.Json;
using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Hangfire.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using MovieLms.ServiceDefaults.Redis;
using MovieLms.Testing;
using MovieLms.Worker.Jobs;
using StackExchange.Redis;

namespace MovieLms.Worker.Tests.Jobs;

/// <summary>Job records that an attacker writes to Redis. Only the product's own jobs run.</summary>
public sealed class ForgedJobTests : IAsyncLifetime
{
    private const string Text = "System.String, System.Private.CoreLib";
    private const string Stop = "System.Threading.CancellationToken, System.Private.CoreLib";
    private const string Jobs = "MovieLms.Worker.Jobs.RecurringJobs, MovieLms.Worker";
    private readonly TemporaryFolder _folder = new();
    private readonly FakeLoggerProvider _log = new();
    private ServiceHost _host = null!;
    private JobStorage _storage = null!;

    private IEnumerable<string> Refusals =>
        _log.GetLines().Where(line => line.StartsWith(typeof(JobAllowListFilter).FullName!, StringComparison.Ordinal));

    private string Planted => Path.Combine(_folder.Path, "planted.txt");

    public async ValueTask InitializeAsync()
    {
        _host = await ServiceHost.StartAsync(
            new ServiceHostOptions { Services = Services.Worker, Configure = services => services.AddSingleton<ILoggerProvider>(_log) }
        );
        var queue = _host.App.Services.GetRequiredService<ScheduleStorage>();
        await Eventually.WaitUntilAsync(() => Task.FromResult(queue.Storage?.GetMonitoringApi().Servers().Count > 0), "Hangfire runs", 60);
        _storage = queue.Storage!;
    }

    public static TheoryData<string, string, string[]> Forged =>
        new()
        {
            { "System.IO.File, System.Private.CoreLib", "WriteAllText", [Text, Text] },
            { "System.IO.File, mscorlib", "WriteAllText", [Text, Text] },
            { "System.IO.File", "WriteAllText", [Text, Text] },
            { "System.Lazy`1[[System.IO.File, System.Private.CoreLib]], System.Private.CoreLib", "get_Value", [] },
            { "System.IO.File[], System.Private.CoreLib", "ToString", [] },
            { "MovieLms.Worker.Jobs.RecurringJobs[], MovieLms.Worker", "ToString", [] },
            { "MovieLms.Worker.Jobs.RecurringJobs, MovieLms.ServiceDefaults", "RunAsync", [Text, Stop] },
            { "MovieLms.Worker.Jobs.RecurringJobs, /tmp/MovieLms.Worker", "RunAsync", [Text, Stop] },
            { Jobs, "ToString", [] },
            { Jobs, "Equals", ["System.Object, System.Private.CoreLib"] },
            { Jobs, "Register", ["Hangfire.JobStorage, Hangfire.Core"] },
            { Jobs, "RunAsync", ["System.Uri, System.Private.Uri", Stop] },
            { "System.String, System.Private.CoreLib", "Concat", [Text, Text] },
            { "System.String, System.Private.CoreLib", "Intern", [Text] },
            { "System.Threading.CancellationToken, System.Private.CoreLib", "get_None", [] },
        };

    [Theory]
    [MemberData(nameof(Forged))]
    public async Task A_forged_job_fails_and_is_logged_once(string type, string method, string[] parameters)
    {
        var id = await WriteAsync(type, method, parameters, [Planted, "written by a job"]);
        await WaitForStateAsync(id, FailedState.StateName);
        Assert.False(File.Exists(Planted));
        var line = Assert.Single(Refusals, line => line.Contains(id, StringComparison.Ordinal));
        Assert.Contains("refused", line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line);
    }

    [Fact]
    public async Task A_forged_schedule_entry_runs_no_job()
    {
        var redis = _host.App.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();
        using var connection = _storage.GetConnection();
        var payload = JsonSerializer.Serialize(
            new
            {
                t = "System.IO.File, System.Private.CoreLib",
                m = "WriteAllText",
                p = new[] { Text, Text },
                a = new[] { JsonSerializer.Serialize(Planted), "\"x\"" },
            }
        );
        await redis.HashSetAsync(
            Key("recurring-job:forged"),
            [new("Job", payload), new("Cron", "* * * * *"), new("TimeZoneId", "UTC"), new("Queue", "default")]
        );
        await redis.SortedSetAddAsync(Key("recurring-jobs"), "forged", 0);
        var refusal = Record.Exception(() => new RecurringJobManager(_storage).TriggerJob("forged"));
        Assert.Contains("is not allowed in a job", refusal?.ToString(), StringComparison.Ordinal);
        await Eventually.WaitUntilAsync(
            () => Task.FromResult(connection.GetRecurringJobs().Single(job => job.Id == "forged").LoadException is not null),
            "the entry cannot be loaded"
        );
        Assert.False(File.Exists(Planted));
    }

    [Theory]
    [InlineData("{\"$type\":\"System.IO.FileInfo, System.Private.CoreLib\",\"fileName\":\"x\"}")]
    [InlineData("{\"$type\":\"System.String, System.Private.CoreLib\",\"$value\":\"x\"}")]
    [InlineData("[1,2]")]
    public async Task An_argument_with_a_type_name_does_not_create_that_type(string argument)
    {
        var id = await WriteAsync(Jobs, "RunAsync", [Text, Stop], [], [argument, null]);
        await Eventually.WaitUntilAsync(() => Task.FromResult(ReadState(id) is "Failed" or "Succeeded"), "the job has ended");
        // Json.NET may read the object as text, but must not create the named type.
        if (ReadState(id) == FailedState.StateName)
            return;
        using var connection = _storage.GetConnection();
        Assert.IsType<string>(connection.GetJobData(id).Job.Args[0]);
    }

    [Fact]
    public void No_setting_resolves_type_names_in_json()
    {
        const string Json = "{\"$type\":\"System.IO.FileInfo, System.Private.CoreLib\",\"fileName\":\"planted\"}";
        foreach (var option in Enum.GetValues<SerializationOption>())
        {
            var value = Record.Exception(() => SerializationHelper.Deserialize(Json, typeof(object), option)) is null
                ? SerializationHelper.Deserialize(Json, typeof(object), option)
                : null;
            Assert.IsNotType<FileInfo>(value);
        }
    }

    [Fact]
    public async Task Jobs_written_by_an_earlier_release_run()
    {
        string[] versions = [", Version=0.0.9.0, Culture=neutral, PublicKeyToken=null", ""];
        foreach (var version in versions)
        {
            var recurring = await WriteAsync(Jobs + version, "RunAsync", [Text, Stop], ["\"uploads-sweep\""], ["\"uploads-sweep\"", null]);
            await WaitForStateAsync(recurring, SucceededState.StateName);
        }
        Assert.Empty(Refusals);
    }

    private string Key(string name) => _host.App.Services.GetRequiredService<RedisNames>().GetKey("{hangfire}:" + name).ToString();

    private string? ReadState(string id)
    {
        using var connection = _storage.GetConnection();
        return connection.GetJobData(id)?.State;
    }

    private Task WaitForStateAsync(string id, string state) =>
        Eventually.WaitUntilAsync(() => Task.FromResult(ReadState(id) == state), $"job {id} is {state}");

    /// <summary>Writes a job record in the format of Hangfire's storage and wakes the workers.</summary>
    private async Task<string> WriteAsync(string type, string method, string[] parameters, string[] texts, string?[]? arguments = null)
    {
        var redis = _host.App.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();
        var id = Guid.NewGuid().ToString();
        arguments ??= [.. texts.Take(parameters.Length).Select(text => JsonSerializer.Serialize(text))];
        await redis.HashSetAsync(
            Key($"job:{id}"),
            [
                new("Type", type),
                new("Method", method),
                new("ParameterTypes", JsonSerializer.Serialize(parameters)),
                new("Arguments", JsonSerializer.Serialize(arguments)),
                new("CreatedAt", JobHelper.SerializeDateTime(TimeProvider.System.GetUtcNow().UtcDateTime)),
                new("State", EnqueuedState.StateName),
            ]
        );
        await redis.ListLeftPushAsync(Key("queue:default"), id);
        await redis.PublishAsync(RedisChannel.Literal(Key("JobFetchChannel")), id);
        return id;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _folder.Dispose();
    }
}
