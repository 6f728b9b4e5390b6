using System.Collections.Concurrent;

namespace MovieLms.ServiceDefaults.RateLimiting;

/// <summary>Sliding windows in the memory of this process.</summary>
internal sealed class LocalWindows
{
    private const int CallsPerSweep = 1_000;
    private readonly ConcurrentDictionary<string, Window> _windows = new(StringComparer.Ordinal);
    private int _calls;

    internal Attempt TryTake(string name, string id, int permits, TimeSpan span, DateTimeOffset now)
    {
        if (Interlocked.Increment(ref _calls) % CallsPerSweep == 0)
            Sweep(now);
        return _windows.GetOrAdd(name, _ => new Window()).TryTake(id, permits, span, now);
    }

    internal void Release(string name, string id)
    {
        if (_windows.TryGetValue(name, out var window))
            window.Release(id);
    }

    private void Sweep(DateTimeOffset now)
    {
        foreach (var (name, window) in _windows)
        {
            if (window.IsExpired(now))
                _windows.TryRemove(name, out _);
        }
    }

    private sealed class Window
    {
        private readonly LinkedList<(DateTimeOffset At, string Id)> _taken = [];
        private TimeSpan _span;

        internal Attempt TryTake(string id, int permits, TimeSpan span, DateTimeOffset now)
        {
            lock (_taken)
            {
                _span = span;
                while (_taken.First is { } oldest && oldest.Value.At <= now - span)
                    _taken.RemoveFirst();
                // Made before the clock was set back.
                while (_taken.Last is { } newest && newest.Value.At > now + span)
                    _taken.RemoveLast();
                var reset = _taken.First is { } first ? first.Value.At + span - now : span;
                if (_taken.Count >= permits)
                    return new Attempt(false, permits, 0, reset, id);
                // Without an ID the attempt is only checked, not counted.
                if (id.Length == 0)
                    return new Attempt(true, permits, permits - _taken.Count, reset, id);

                _taken.AddLast((now, id));
                return new Attempt(true, permits, permits - _taken.Count, reset, id);
            }
        }

        internal void Release(string id)
        {
            lock (_taken)
            {
                for (var node = _taken.Last; node is not null; node = node.Previous)
                {
                    if (node.Value.Id != id)
                        continue;
                    _taken.Remove(node);
                    return;
                }
            }
        }

        internal bool IsExpired(DateTimeOffset now)
        {
            lock (_taken)
                return _taken.Last is not { } newest || newest.Value.At <= now - _span;
        }
    }
}
