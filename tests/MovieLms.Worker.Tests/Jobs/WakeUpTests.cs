using System.Text;
using Hangfire;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.Application.Imports;
using MovieLms.Data.Imports;
using MovieLms.ServiceDefaults.Jobs;
using MovieLms.Testing;
using MovieLms.Worker.Jobs;
using MovieLms.Worker.Tests.Imports;

namespace MovieLms.Worker.Tests.Jobs;

public sealed class WakeUpTests
{
    [Fact]
    public async Task Import_is_taken_up_at_hangfires_word_long_before_the_next_poll()
    {
        await using var fixture = await ImportFixture.StartAsync(settings: new() { ["Imports:Poll"] = "01:00:00" }, runs: true);
        var queue = fixture.Get<JobQueue>();
        await Eventually.TrueAsync(() => Task.FromResult(queue.Storage?.GetMonitoringApi().Servers().Count > 0), "Hangfire runs", 60);
        var id = await fixture.QueueAsync(Encoding.UTF8.GetBytes("title\na film\n"), ImportFormat.Csv);
        await fixture.Get<ImportSignals>().QueuedAsync();
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
        Assert.Null(fixture.Get<JobQueue>().Storage);
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
        Assert.Equal(1, job.MostAtOnce);
    }

    private static async Task<JobStorage> StorageAsync(ServiceHost host)
    {
        var queue = host.App.Services.GetRequiredService<JobQueue>();
        await Eventually.TrueAsync(() => Task.FromResult(queue.Storage?.GetMonitoringApi().Servers().Count > 0), "Hangfire runs", 60);
        return queue.Storage!;
    }

    private sealed class CountingJob : IRecurringJob
    {
        private int _now;
        private int _runs;
        private int _most;

        public string Name => "counting";
        public string Cron => "0 0 1 1 *";
        public TimeSpan Longest => TimeSpan.FromMinutes(1);
        public TimeSpan LateAfter => TimeSpan.FromDays(400);

        internal int Runs => _runs;

        internal int MostAtOnce => _most;

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            var now = Interlocked.Increment(ref _now);
            if (now > _most)
                _most = now;
            Interlocked.Increment(ref _runs);
            // Long enough for another to begin, if it may.
            await Task.Delay(100, cancellationToken);
            Interlocked.Decrement(ref _now);
        }
    }
}
