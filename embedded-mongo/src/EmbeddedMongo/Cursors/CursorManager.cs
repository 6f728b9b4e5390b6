using System.Security.Cryptography;
using EmbeddedMongo.Errors;

namespace EmbeddedMongo.Cursors;

/// <summary>The open cursors. A cursor in use neither times out nor is used by a second command.</summary>
internal sealed class CursorManager : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, OpenCursor> _open = [];
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly ITimer _reaper;

    public CursorManager(TimeProvider time, TimeSpan timeout)
    {
        _time = time;
        _timeout = timeout;
        var interval = TimeSpan.FromTicks(Math.Clamp(timeout.Ticks / 4, TimeSpan.TicksPerMillisecond, TimeSpan.TicksPerMinute));
        _reaper = time.CreateTimer(_ => CloseExpired(), null, interval, interval);
    }

    public int Count
    {
        get
        {
            lock (_lock)
                return _open.Count;
        }
    }

    /// <summary>Stores a cursor and returns its ID, a random positive number that cannot be guessed.</summary>
    public long Add(ServerCursor cursor)
    {
        cursor.LastUsed = _time.GetTimestamp();
        while (true)
        {
            var id = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8)) & long.MaxValue;
            lock (_lock)
            {
                if (id != 0 && _open.TryAdd(id, new OpenCursor(cursor)))
                    return id;
            }
        }
    }

    /// <summary>Claims a cursor for one command, which must then call <see cref="Release"/> or <see cref="Finish"/>.</summary>
    /// <exception cref="MongoErrorException">43 if there is no such cursor, 12051 if another command uses it, 13 if it belongs to another
    /// collection.</exception>
    public ServerCursor Claim(long id, string ns)
    {
        lock (_lock)
        {
            if (!_open.TryGetValue(id, out var open) || open.IsKilled)
                throw MongoErrorException.CursorNotFound(id);

            if (open.IsInUse)
                throw new MongoErrorException(12051, "CursorInUse", $"cursor id {id} is already in use");

            if (open.Cursor.Namespace != ns)
            {
                throw new MongoErrorException(
                    MongoErrorCodes.Unauthorized,
                    $"Requested getMore on namespace '{ns}', but cursor belongs to a different namespace {open.Cursor.Namespace}"
                );
            }

            open.IsInUse = true;
            return open.Cursor;
        }
    }

    /// <summary>Makes a claimed cursor available to the next command, or closes it if it was killed in the meantime.</summary>
    public void Release(long id)
    {
        var now = _time.GetTimestamp();
        lock (_lock)
        {
            var open = _open[id];
            if (!open.IsKilled)
            {
                open.IsInUse = false;
                open.Cursor.LastUsed = now;
                return;
            }
        }

        Finish(id);
    }

    /// <summary>Closes a claimed cursor.</summary>
    public void Finish(long id)
    {
        OpenCursor? open;
        lock (_lock)
            _open.Remove(id, out open);

        open!.Cursor.Dispose();
    }

    /// <summary>Closes a cursor, or marks a cursor in use to be closed when its command ends. Returns false if there is none.</summary>
    public bool Kill(long id)
    {
        OpenCursor? open;
        lock (_lock)
        {
            if (!_open.TryGetValue(id, out open) || open.IsKilled)
                return false;

            open.IsKilled = true;
            if (!open.IsInUse)
                _open.Remove(id);
        }

        if (open.IsInUse)
            open.Cursor.Kill();
        else
            open.Cursor.Dispose();

        return true;
    }

    /// <summary>Closes all cursors. No command may be running.</summary>
    public async ValueTask DisposeAsync()
    {
        await _reaper.DisposeAsync();
        CloseIdle(static _ => true);
    }

    private void CloseExpired()
    {
        var now = _time.GetTimestamp();
        CloseIdle(cursor => !cursor.NoTimeout && _time.GetElapsedTime(cursor.LastUsed, now) >= _timeout);
    }

    private void CloseIdle(Func<ServerCursor, bool> isDue)
    {
        List<ServerCursor> closed = [];
        lock (_lock)
        {
            foreach (var (id, open) in _open)
            {
                if (!open.IsInUse && isDue(open.Cursor))
                {
                    closed.Add(open.Cursor);
                    _open.Remove(id);
                }
            }
        }

        foreach (var cursor in closed)
            cursor.Dispose();
    }

    private sealed class OpenCursor(ServerCursor cursor)
    {
        public ServerCursor Cursor { get; } = cursor;

        /// <summary>Whether a command has claimed the cursor.</summary>
        public bool IsInUse { get; set; }

        /// <summary>Whether the cursor is closed as soon as no command uses it.</summary>
        public bool IsKilled { get; set; }
    }
}
