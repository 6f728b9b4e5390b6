using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace MovieLms.ServiceDefaults.RateLimiting;

/// <summary>So many attempts in a sliding window; <c>RateLimits:{Name}:Permits</c> and <c>:Seconds</c> change it.</summary>
public sealed record AttemptLimit(string Name, int Permits, TimeSpan Window);

/// <summary>Whether an attempt may go on.</summary>
/// <param name="IsAllowed">False when the window is full.</param>
/// <param name="Limit">How many the window holds.</param>
/// <param name="Remaining">How many are left.</param>
/// <param name="RetryAfter">When the oldest leaves the window.</param>
/// <param name="Id">Names the attempt, to give it back.</param>
public readonly record struct Attempt(bool IsAllowed, int Limit, int Remaining, TimeSpan RetryAfter, string Id);

/// <summary>Counts attempts per key in sliding windows. Keys are hashed: an address or a mail address is not stored.</summary>
public sealed class AttemptLimiter(IConfiguration configuration, TimeProvider time)
{
    private const int SweepEvery = 1_000;
    private readonly ConcurrentDictionary<string, Window> _windows = new(StringComparer.Ordinal);
    private int _calls;

    /// <summary>Counts an attempt, unless the window is full.</summary>
    public ValueTask<Attempt> TryTakeAsync(AttemptLimit limit, string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (permits, span) = Configured(limit);
        if (Interlocked.Increment(ref _calls) % SweepEvery == 0) Sweep();
        return ValueTask.FromResult(_windows.GetOrAdd(Name(limit, key), _ => new Window()).TryTake(permits, span, time.GetUtcNow()));
    }

    /// <summary>Takes an attempt out of the count: only failures count, and this one succeeded.</summary>
    public ValueTask GiveBackAsync(AttemptLimit limit, string key, Attempt attempt)
    {
        if (_windows.TryGetValue(Name(limit, key), out var window)) window.GiveBack(attempt.Id);
        return ValueTask.CompletedTask;
    }

    private (int Permits, TimeSpan Window) Configured(AttemptLimit limit) => (
        configuration.GetValue($"RateLimits:{limit.Name}:Permits", limit.Permits),
        TimeSpan.FromSeconds(configuration.GetValue($"RateLimits:{limit.Name}:Seconds", limit.Window.TotalSeconds)));

    private static string Name(AttemptLimit limit, string key) =>
        $"{limit.Name}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 16))}";

    private void Sweep()
    {
        var now = time.GetUtcNow();
        foreach (var (name, window) in _windows) if (window.IsOver(now)) _windows.TryRemove(name, out _);
    }

    private sealed class Window
    {
        private readonly LinkedList<(DateTimeOffset At, string Id)> _taken = [];
        private TimeSpan _span;

        internal Attempt TryTake(int permits, TimeSpan span, DateTimeOffset now)
        {
            lock (_taken)
            {
                _span = span;
                while (_taken.First is { } oldest && oldest.Value.At <= now - span) _taken.RemoveFirst();
                if (_taken.Count >= permits)
                    return new Attempt(false, permits, 0, _taken.First is { } first ? first.Value.At + span - now : span, string.Empty);
                var id = Guid.NewGuid().ToString("N");
                _taken.AddLast((now, id));
                return new Attempt(true, permits, permits - _taken.Count, _taken.First!.Value.At + span - now, id);
            }
        }

        internal void GiveBack(string id)
        {
            lock (_taken)
            {
                for (var node = _taken.Last; node is not null; node = node.Previous)
                {
                    if (node.Value.Id != id) continue;
                    _taken.Remove(node);
                    return;
                }
            }
        }

        internal bool IsOver(DateTimeOffset now)
        {
            lock (_taken) return _taken.Last is not { } newest || newest.Value.At <= now - _span;
        }
    }
}
