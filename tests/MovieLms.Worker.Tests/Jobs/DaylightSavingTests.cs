using System.Globalization;
using Hangfire;
using Hangfire.Client;
using Hangfire.Common;
using Hangfire.Redis.StackExchange;
using Hangfire.Server;
using Hangfire.States;
using Hangfire.Storage;
using Microsoft.Extensions.Time.Testing;
using MovieLms.Testing;
using MovieLms.Worker.Jobs;
using StackExchange.Redis;

namespace MovieLms.Worker.Tests.Jobs;

/// <summary>
/// Runs the production scheduler with a fake clock over the nights of daylight saving changes.
/// </summary>
public sealed class DaylightSavingTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(5);

    [Theory]
    // At 02:00 the clock goes to 03:00: 02:30 does not exist.
    [InlineData("2027-03-27T20:00Z", "2027-03-28T01:00Z")]
    // At 03:00 the clock goes back to 02:00: 02:30 occurs twice.
    [InlineData("2026-10-24T20:00Z", "2026-10-25T00:30Z")]
    // A night without a change.
    [InlineData("2026-11-24T20:00Z", "2026-11-25T01:30Z")]
    public async Task Nightly_job_runs_exactly_once_per_night(string evening, string expected)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.Parse(evening, CultureInfo.InvariantCulture));
        using var redis = await ConnectionMultiplexer.ConnectAsync((await BackingServices.GetAsync()).Redis);
        var storage = new StorageWithoutClock(
            new RedisStorage(redis, new RedisStorageOptions { Prefix = $"{BackingServices.CreateName()}{{hangfire}}:" })
        );
        var runs = new RecordingFactory(clock);
        var manager = new RecurringJobManager(
            storage,
            JobFilterProviders.Providers,
            new DefaultTimeZoneResolver(),
            () => clock.GetUtcNow().UtcDateTime
        );
        manager.AddOrUpdate(
            "nightly",
            Job.FromExpression<RecurringJobs>(jobs => jobs.RunAsync("nightly", CancellationToken.None)),
            "30 2 * * *",
            new RecurringJobOptions { TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin") }
        );
        var scheduler = new RecurringJobScheduler(
            runs,
            TimeSpan.FromMilliseconds(1),
            new DefaultTimeZoneResolver(),
            () => clock.GetUtcNow().UtcDateTime
        );
        var context = new BackgroundProcessContext(
            "test",
            storage,
            new Dictionary<string, object>(),
            Guid.NewGuid(),
            CancellationToken.None,
            CancellationToken.None,
            CancellationToken.None
        );
        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromHours(12); passed += Step)
        {
            scheduler.Execute(context);
            clock.Advance(Step);
        }

        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), Assert.Single(runs.At));
    }

    /// <summary>Hides the storage's clock, which the scheduler would prefer to the fake one.</summary>
    private sealed class StorageWithoutClock(JobStorage inner) : JobStorage
    {
        public override IStorageConnection GetConnection() => inner.GetConnection();

        public override IMonitoringApi GetMonitoringApi() => inner.GetMonitoringApi();

        public override bool HasFeature(string featureId) =>
            !featureId.Contains("GetUtcDateTime", StringComparison.Ordinal) && inner.HasFeature(featureId);
    }

    /// <summary>Hangfire's factory, which also records when jobs are created.</summary>
    private sealed class RecordingFactory(TimeProvider clock) : IBackgroundJobFactory
    {
        private readonly BackgroundJobFactory _inner = new();

        public IStateMachine StateMachine => _inner.StateMachine;

        internal List<DateTimeOffset> At { get; } = [];

        public BackgroundJob Create(CreateContext context)
        {
            At.Add(clock.GetUtcNow());
            return _inner.Create(context)!;
        }
    }
}
