using System.Collections.Concurrent;
using System.Security.Cryptography;
using EmbeddedMongo.Errors;

namespace EmbeddedMongo.Cursors;

/// <summary>The open cursors. A cursor in use is removed from the idle ones, so it neither times out nor is used twice.</summary>
internal sealed class CursorManager : IDisposable
{
    private readonly ConcurrentDictionary<long, ServerCursor> _idle = new();
    private readonly ConcurrentDictionary<long, (ServerCursor Cursor, bool IsKilled)> _inUse = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly ITimer _reaper;

    public CursorManager(TimeProvider time, TimeSpan timeout)
    {
        _time = time;
        _timeout = timeout;
        var interval = TimeSpan.FromTicks(Math.Clamp(timeout.Ticks / 4, TimeSpan.TicksPerMillisecond, TimeSpan.TicksPerMinute));
        _reaper = time.CreateTimer(_ => Reap(), null, interval, interval);
    }

    public int Count => _idle.Count + _inUse.Count;

    /// <summary>Stores a cursor and returns its ID, a random positive number that cannot be guessed.</summary>
    public long Add(ServerCursor cursor)
    {
        cursor.LastUsed = _time.GetTimestamp();
        while (true)
        {
            var id = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8)) & long.MaxValue;
            if (id != 0 && !_inUse.ContainsKey(id) && _idle.TryAdd(id, cursor))
                return id;
        }
    }

    /// <summary>Claims a cursor for one command, which must then call <see cref="Release"/> or <see cref="Finish"/>.</summary>
    /// <exception cref="MongoErrorException">43 if there is no such cursor, 12051 if another command uses it, 13 if it belongs to another
    /// collection.</exception>
    public ServerCursor Claim(long id, string ns)
    {
        if (!_idle.TryRemove(id, out var cursor))
        {
            throw _inUse.ContainsKey(id)
                ? new MongoErrorException(12051, "CursorInUse", $"cursor id {id} is already in use")
                : MongoErrorException.CursorNotFound(id);
        }

        if (cursor.Namespace != ns)
        {
            _idle[id] = cursor;
            throw new MongoErrorException(
                MongoErrorCodes.Unauthorized,
                $"Requested getMore on namespace '{ns}', but cursor belongs to a different namespace {cursor.Namespace}"
            );
        }

        _inUse[id] = (cursor, false);
        return cursor;
    }

    public void Release(long id, ServerCursor cursor)
    {
        _inUse.TryRemove(id, out var use);
        if (use.IsKilled)
        {
            cursor.Dispose();
            return;
        }

        cursor.LastUsed = _time.GetTimestamp();
        _idle[id] = cursor;
    }

    public void Finish(long id, ServerCursor cursor)
    {
        _inUse.TryRemove(id, out _);
        cursor.Dispose();
    }

    /// <summary>Closes a cursor, or marks a cursor in use to be closed when its command ends. Returns false if there is none.</summary>
    public bool Kill(long id)
    {
        if (_idle.TryRemove(id, out var cursor))
        {
            cursor.Dispose();
            return true;
        }

        if (!_inUse.TryGetValue(id, out var use) || !_inUse.TryUpdate(id, use with { IsKilled = true }, use))
            return false;

        use.Cursor.Kill();
        return true;
    }

    public void Dispose()
    {
        _reaper.Dispose();
        foreach (var id in _idle.Keys)
            Kill(id);
    }

    private void Reap()
    {
        foreach (var (id, cursor) in _idle)
        {
            if (!cursor.NoTimeout && _time.GetElapsedTime(cursor.LastUsed) >= _timeout)
                Kill(id);
        }
    }
}
