using System.Diagnostics;
using Hangfire;
using Hangfire.Storage;
using MovieLms.Worker.Jobs;

namespace MovieLms.Worker.Tests.Jobs;

public sealed class NextRunsTests
{
    [Fact]
    public async Task A_hanging_storage_blocks_no_probe_and_only_one_thread()
    {
        using var storage = new HangingStorage();
        var runs = new NextRuns(() => storage, TimeProvider.System);
        var stopwatch = Stopwatch.StartNew();
        var found = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => runs.GetAsync()));
        Assert.All(found, Assert.Null);
        Assert.Null(await runs.GetAsync());
        Assert.True(stopwatch.Elapsed < TimeSpan.FromSeconds(5), $"{stopwatch.Elapsed}");
        Assert.Equal(1, storage.Reads);
    }

    /// <summary>A storage that never returns a connection, like a Redis that accepts requests and does not respond.</summary>
    private sealed class HangingStorage : JobStorage, IDisposable
    {
        private readonly ManualResetEventSlim _end = new();
        private int _reads;

        internal int Reads => _reads;

        public override IStorageConnection GetConnection()
        {
            Interlocked.Increment(ref _reads);
            _end.Wait();
            throw new TimeoutException();
        }

        public override IMonitoringApi GetMonitoringApi() => throw new NotSupportedException();

        // Ends the read. The event is not disposed, because the reading thread may still use it.
        public void Dispose() => _end.Set();
    }
}
