using MovieLms.Realtime.Contracts;

namespace MovieLms.Realtime.Connections;

/// <summary>A token bucket that holds <paramref name="permits"/> calls and refills evenly over 10 s.</summary>
internal sealed class CallBudget(int permits, TimeProvider time)
{
    internal static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private readonly Lock _lock = new();
    private double _available = permits;
    private long _refilledAt = time.GetTimestamp();

    /// <summary>Takes a call out of the budget.</summary>
    /// <param name="wait">The time until the next call is allowed, if this one is not.</param>
    /// <returns>False when no call is left.</returns>
    internal bool TryTake(out TimeSpan wait)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            _available = Math.Min(permits, _available + (permits * (time.GetElapsedTime(_refilledAt, now) / Window)));
            _refilledAt = now;
            wait = Window * ((1 - _available) / permits);
            if (_available < 1)
                return false;
            _available--;
            return true;
        }
    }

    /// <summary>Takes a call out of the budget, or throws.</summary>
    /// <exception cref="Microsoft.AspNetCore.SignalR.HubException">No call is left.</exception>
    internal void Take(string kind)
    {
        if (!TryTake(out var wait))
            throw ChatErrors.TooMany($"{permits} {kind} were made", wait);
    }
}
