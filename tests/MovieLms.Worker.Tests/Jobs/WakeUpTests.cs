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
    public async Task An_import_starts_at_a_wake_up_long_before_the_next_poll()
    {
        await using var fixture = await ImportFixture.StartAsync(settings: new() { ["Imports:Poll"] = "01:00:00" }, runs: true);
        // The first look for imports has found none, and the service waits.
        await SubscribedAsync(fixture);
        await Task.Delay(500);
        var id = await fixture.QueueAsync(Encoding.UTF8.GetBytes("title\na film\n"), ImportFormat.Csv);
        await fixture.Get<ImportSignals>().QueuedAsync();
        await Eventually.TrueAsync(async () => (await fixture.FindAsync(id)).State == ImportState.Completed, "the import is completed", 60);
    }

    [Fact]
    public async Task The_schedule_wakes_the_workers()
    {
        await using var fixture = await ImportFixture.StartAsync(settings: new() { ["Imports:Poll"] = "01:00:00" }, runs: true);
        await SubscribedAsync(fixture);
        await Task.Delay(500);
        var id = await fixture.QueueAsync(Encoding.UTF8.GetBytes("title\na film\n"), ImportFormat.Csv);
        await fixture.Get<IEnumerable<IRecurringJob>>().Single(job => job.Name == "imports-sweep").RunAsync(default);
        await Eventually.TrueAsync(async () => (await fixture.FindAsync(id)).State == ImportState.Completed, "the import is completed", 60);
    }

    [Fact]
    public async Task Import_is_taken_up_without_redis()
    {
        await using var fixture = await ImportFixture.StartAsync(
            settings: new() { ["ConnectionStrings:redis"] = "127.0.0.1:1", ["Imports:Poll"] = "00:00:00.2" },
            runs: true
        );
        var id = await fixture.QueueAsync(Encoding.UTF8.GetBytes("title\na film\n"), ImportFormat.Csv, isStaged: false);
        await fixture.Get<ImportSignals>().QueuedAsync();
        Assert.Null(fixture.Get<ScheduleStorage>().Storage);
        await Eventually.TrueAsync(async () => (await fixture.FindAsync(id)).State == ImportState.Completed, "the import is completed", 60);
    }

    [Fact]
    public async Task Two_workers_share_a_schedule_and_never_run_a_job_beside_itself()
    {
        var name = BackingServices.NewName();
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
        await Eventually.TrueAsync(
            () => Task.FromResult(storage.GetMonitoringApi().SucceededListCount() >= 12),
            "every trigger was answered",
            60
        );
        Assert.True(job.Runs > 0);
        Assert.Equal(1, job.MaxAtOnce);
    }

    private static Task SubscribedAsync(ImportFixture fixture)
    {
        var redis = fixture.Get<IConnectionMultiplexer>();
        var channel = fixture.Get<RedisNames>().Channel($"wake:{ImportSignals.Queue}");
        return Eventually.TrueAsync(
            async () => await redis.GetServers()[0].SubscriptionSubscriberCountAsync(channel) > 0,
            "the worker is subscribed",
            60
        );
    }

    private static async Task<JobStorage> StorageAsync(ServiceHost host)
    {
        var queue = host.App.Services.GetRequiredService<ScheduleStorage>();
        await Eventually.TrueAsync(() => Task.FromResult(queue.Storage?.GetMonitoringApi().Servers().Count > 0), "Hangfire runs", 60);
        return queue.Storage!;
    }

    private sealed class CountingJob : IRecurringJob
    {
        private int _now;
        private int _runs;
        private int _maxAtOnce;

        public string Name => "counting";
        public string Cron => "0 0 1 1 *";
        public TimeSpan MaxDuration => TimeSpan.FromMinutes(1);
        public TimeSpan LateAfter => TimeSpan.FromDays(400);

        internal int Runs => _runs;

        internal int MaxAtOnce => _maxAtOnce;

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            var now = Interlocked.Increment(ref _now);
            if (now > _maxAtOnce)
                _maxAtOnce = now;
            Interlocked.Increment(ref _runs);
            // Long enough for another to begin, if it may.
            await Task.Delay(100, cancellationToken);
            Interlocked.Decrement(ref _now);
        }
    }
}
