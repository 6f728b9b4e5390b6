using EmbeddedMongo.Cursors;
using EmbeddedMongo.Errors;
using Microsoft.Extensions.Time.Testing;

namespace EmbeddedMongo.Tests.Cursors;

/// <summary>Cursors that are killed or expire while a command uses them.</summary>
public sealed class CursorManagerTests
{
    private const string Namespace = "db.items";
    private const int NotFound = 43;

    [Fact]
    public async Task Cursor_killed_in_use_is_closed_when_its_command_ends()
    {
        await using var cursors = new CursorManager(TimeProvider.System, TimeSpan.FromMinutes(10));
        var rows = new Rows();
        var id = cursors.Add(CreateCursor(rows));
        cursors.Claim(id, Namespace);

        Assert.True(cursors.Kill(id));

        Assert.Equal(0, rows.Disposals);
        AssertNotFound(cursors, id);
        Assert.False(cursors.Kill(id));
        cursors.Release(id);
        Assert.Equal(1, rows.Disposals);
        AssertNotFound(cursors, id);
        Assert.Equal(0, cursors.Count);
    }

    [Fact]
    public async Task Cursor_that_is_claimed_while_idle_ones_expire_stays_open()
    {
        var time = new ClaimingTime();
        await using var cursors = new CursorManager(time, TimeSpan.FromMinutes(10));
        var rows = new Rows();
        var id = cursors.Add(CreateCursor(rows));
        time.NextRead = () => cursors.Claim(id, Namespace);

        time.Advance(TimeSpan.FromMinutes(10));

        Assert.Null(time.NextRead);
        cursors.Release(id);
        Assert.Equal(0, rows.Disposals);
        cursors.Claim(id, Namespace);
        cursors.Finish(id);
        Assert.Equal(1, rows.Disposals);
    }

    [Fact]
    public async Task Kill_during_commands_closes_a_cursor_once_and_for_all()
    {
        await using var cursors = new CursorManager(TimeProvider.System, TimeSpan.FromMinutes(10));
        for (var i = 0; i < 3_000; i++)
        {
            var rows = new Rows();
            var id = cursors.Add(CreateCursor(rows));
            using var started = new ManualResetEventSlim();
            var reading = Task.Run(() => ReadUntilKilled(cursors, id, rows, started));
            started.Wait(TestContext.Current.CancellationToken);

            Assert.True(cursors.Kill(id));

            await reading.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            Assert.Equal(1, rows.Disposals);
            Assert.Equal(0, cursors.Count);
        }
    }

    /// <summary>Claims and releases a cursor until it is not found, which must not happen while it is in use.</summary>
    private static void ReadUntilKilled(CursorManager cursors, long id, Rows rows, ManualResetEventSlim started)
    {
        while (true)
        {
            try
            {
                cursors.Claim(id, Namespace);
            }
            catch (MongoErrorException error) when (error.Code == NotFound)
            {
                return;
            }

            started.Set();
            Assert.Equal(0, rows.Disposals);
            cursors.Release(id);
        }
    }

    private static void AssertNotFound(CursorManager cursors, long id) =>
        Assert.Equal(NotFound, Assert.Throws<MongoErrorException>(() => cursors.Claim(id, Namespace)).Code);

    private static ServerCursor CreateCursor(Rows rows) => new(Namespace, rows, new InterruptSource(null), noTimeout: false);

    private sealed class Rows : RowStream
    {
        private int _disposals;

        public int Disposals => Volatile.Read(ref _disposals);

        public override ReadOnlySpan<byte> Current => [];

        public override bool MoveNext() => false;

        public override void Dispose() => Interlocked.Increment(ref _disposals);
    }

    /// <summary>Runs an action when the time is read for the first time after a cursor was added.</summary>
    private sealed class ClaimingTime : FakeTimeProvider
    {
        public Action? NextRead { get; set; }

        public override long GetTimestamp()
        {
            var now = base.GetTimestamp();
            var action = NextRead;
            NextRead = null;
            action?.Invoke();
            return now;
        }
    }
}
