using System.Text;
using Hangfire;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.Application.Imports;
using MovieLms.Data.Imports;
using MovieLms.ServiceDefaults.Redis;
using MovieLms.Testing;
using MovieLms.Worker.Jobs;
using MovieLms.Worker.Tests.Imports;
using StackExchange.Redis;

namespace MovieLms.Worker.Tests.Jobs;

public sealed class WakeUpTests
{
    [Fact]
    public async Task A_wake_up_starts_an_import_before_the_next_poll()
    {
        await using var fixture = await ImportFixture.StartAsync(settings: new() { ["Imports:Poll"] = "01:00:00" }, runs: true);
        // Wait until the first poll has found no import.
        await WaitForSubscriptionAsync(fixture);
        await Task.Delay(500);
        var id = await fixture.QueueAsync(Encoding.UTF8.GetBytes("title\na movie\n"), ImportFormat.Csv);
        await fixture.Get<ImportSignals>().WakeWorkersAsync();
        await Eventually.WaitUntilAsync(
            async () => (await fixture.FindAsync(id)).State == ImportState.Completed,
            "the import is completed",
            60
        );
    }

    [Fact]
    public async Task The_schedule_wakes_the_workers()
    {
        await using var fixture = await ImportFixture.StartAsync(settings: new() { ["Imports:Poll"] = "01:00:00" }, runs: true);
        await WaitForSubscriptionAsync(fixture);
        await Task.Delay(500);
        var id = await fixture.QueueAsync(Encoding.UTF8.GetBytes("title\na movie\n"), ImportFormat.Csv);
        await fixture.Get<IEnumerable<IRecurringJob>>().Single(job => job.Name == "imports-sweep").RunAsync(default);
        await Eventually.WaitUntilAsync(
            async () => (await fixture.FindAsync(id)).State == ImportState.Completed,
            "the import is completed",
            60
        );
    }

    [Fact]
    public async Task Import_runs_without_redis()
    {
        await using var fixture = await ImportFixture.StartAsync(
            settings: new() { ["ConnectionStrings:redis"] = "127.0.0.1:1", ["Imports:Poll"] = "00:00:00.2" },
            runs: true
        );
        var id = await fixture.QueueAsync(Encoding.UTF8.GetBytes("title\na movie\n"), ImportFormat.Csv, isStaged: false);
        await fixture.Get<ImportSignals>().WakeWorkersAsync();
        Assert.Null(fixture.Get<ScheduleStorage>().Storage);
        await Eventually.WaitUntilAsync(
            async () => (await fixture.FindAsync(id)).State == ImportState.Completed,
            "the import is completed",
            60
        );
    }

    [Fact]
    public async Task Two_workers_share_a_schedule_and_never_run_a_job_concurrently()
    {
        var name = BackingServices.CreateName();
        var job = new CountingJob();
        var options = new ServiceHostOptions
        {
            Services = Services.Worker,
            Name = name,
            Configure = services => services.AddSingleton<IRecurringJob>(job),
        };
        await using var first = await ServiceHost.StartAsync(options);
        await using var second = await ServiceHost.StartAsync(options);
        var storage = await StorageAsync(first);
        await StorageAsync(second);
        for (var i = 0; i < 12; i++)
            new RecurringJobManager(storage).Trigger(job.Name);
        await Eventually.WaitUntilAsync(
            () => Task.FromResult(storage.GetMonitoringApi().SucceededListCount() >= 12),
            "every triggered job has succeeded",
            60
        );
        Assert.True(job.Runs > 0);
        Assert.Equal(1, job.MaxConcurrent);
    }

    private static Task WaitForSubscriptionAsync(ImportFixture fixture)
    {
        var redis = fixture.Get<IConnectionMultiplexer>();
        var channel = fixture.Get<RedisNames>().GetChannel($"wake:{ImportSignals.Queue}");
        return Eventually.WaitUntilAsync(
            async () => await redis.GetServers()[0].SubscriptionSubscriberCountAsync(channel) > 0,
            "the worker is subscribed",
            60
        );
    }

    private static async Task<JobStorage> StorageAsync(ServiceHost host)
    {
        var queue = host.App.Services.GetRequiredService<ScheduleStorage>();
        await Eventually.WaitUntilAsync(() => Task.FromResult(queue.Storage?.GetMonitoringApi().Servers().Count > 0), "Hangfire runs", 60);
        return queue.Storage!;
    }

    private sealed class CountingJob : IRecurringJob
    {
        private int _now;
        private int _runs;
        private int _maxConcurrent;

        public string Name => "counting";
        public string Cron => "0 0 1 1 *";
        public TimeSpan MaxDuration => TimeSpan.FromMinutes(1);
        public TimeSpan LateAfter => TimeSpan.FromDays(400);

        internal int Runs => _runs;

        internal int MaxConcurrent => _maxConcurrent;

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            var now = Interlocked.Increment(ref _now);
            if (now > _maxConcurrent)
                _maxConcurrent = now;
            Interlocked.Increment(ref _runs);
            // Long enough for another run to start, if nothing prevents it.
            await Task.Delay(100, cancellationToken);
            Interlocked.Decrement(ref _now);
        }
    }
}
