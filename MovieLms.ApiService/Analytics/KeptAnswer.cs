using System.Diagnostics;
using MovieLms.Data.Analytics;
using MovieLms.ServiceDefaults.Caching;

namespace MovieLms.ApiService.Analytics;

/// <summary>
/// The last answer of one analytic. All processes share it, and one of them at a time computes it again: after a write, and not more often
/// than <see cref="AnalyticsOptions.MaxRefreshShare"/> allows.
/// </summary>
internal sealed partial class KeptAnswer(
    string key,
    string[] tags,
    JsonCache cache,
    StoredAnswers store,
    AnalyticsOptions options,
    TimeProvider time,
    ILogger logger,
    CancellationToken stopping
)
{
    /// <summary>How often a process looks for the answer that another one computes.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan MinRetryDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task<bool>? _refresh;
    private volatile State _state = new(null, DateTimeOffset.MinValue);

    private sealed record State(Answer? Answer, DateTimeOffset DueAt);

    /// <summary>
    /// Returns the answer. Waits for a new one if there is none, or if it is expected within <see cref="AnalyticsOptions.MaxWait"/>.
    /// </summary>
    /// <param name="compute">Returns the response's body.</param>
    /// <param name="cancellationToken">Cancels the wait, not the computation.</param>
    internal async ValueTask<(Answer Answer, CacheOutcome Outcome)> GetAsync(
        Func<CancellationToken, Task<byte[]>> compute,
        CancellationToken cancellationToken
    )
    {
        var version = await cache.ReadVersionAsync(tags, cancellationToken);
        var start = time.GetUtcNow();
        var outcome = CacheOutcome.Hit;
        while (true)
        {
            var ((answer, dueAt), now) = (_state, time.GetUtcNow());
            if (answer?.IsCurrent(version, now) == true)
                return (answer, outcome);
            if (answer is null)
            {
                await RefreshAsync(Timeout.InfiniteTimeSpan);
                continue;
            }

            // A time too far ahead was stored before the clock was set back.
            var isDue = dueAt <= now || dueAt > now + StoredAnswers.MaxInterval;
            var expectedAt = (isDue ? now : dueAt) + answer.Cost;
            var deadline = start + options.MaxWait;
            if (expectedAt > deadline)
            {
                if (isDue)
                    Start();
                return (answer, CacheOutcome.Stale);
            }
            if (!isDue)
                await Task.Delay(dueAt - now, time, cancellationToken);
            try
            {
                await RefreshAsync(deadline - now);
            }
            catch (TimeoutException)
            {
                return (answer, CacheOutcome.Stale);
            }
        }

        async Task RefreshAsync(TimeSpan timeout)
        {
            var (refresh, isMine) = Start();
            if (await refresh.WaitAsync(timeout, time, cancellationToken) && isMine)
                outcome = CacheOutcome.Miss;
        }

        (Task<bool> Refresh, bool IsMine) Start()
        {
            lock (_lock)
            {
                return _refresh is { IsCompleted: false }
                    ? (_refresh, false)
                    : (_refresh = Task.Run(() => RunAsync(compute), stopping), true);
            }
        }
    }

    /// <summary>
    /// Computes the answer, or takes over the one that another process has computed. Throws only if there is no answer to serve instead.
    /// </summary>
    /// <returns>False if the answer is another process's.</returns>
    private async Task<bool> RunAsync(Func<CancellationToken, Task<byte[]>> compute)
    {
        try
        {
            var version = await cache.ReadVersionAsync(tags, stopping);
            var holder = Guid.NewGuid().ToString();
            var isClaimed = await store.TryClaimAsync(key, holder, stopping);
            // Read after the claim: another process may have completed the answer just before it.
            var stored = await store.FindAsync(key, stopping);
            if (stored is not null && !(stored.ComputedAt <= _state.Answer?.ComputedAt))
                _state = StateOf(Answer.From(stored));
            if (_state.Answer?.IsCurrent(version, time.GetUtcNow()) == true)
            {
                if (isClaimed)
                    await store.ReleaseAsync(key, holder, _state.DueAt, stopping);
                return false;
            }
            if (isClaimed)
            {
                await ComputeAsync(compute, holder);
                return true;
            }
            await Task.Delay(PollInterval, time, stopping);
            return false;
        }
        catch (Exception exception) when (_state.Answer is not null && !stopping.IsCancellationRequested)
        {
            var retryAt = time.GetUtcNow() + MinRetryDelay;
            if (_state.DueAt < retryAt)
                _state = _state with { DueAt = retryAt };
            LogFailure(logger, exception, key);
            return false;
        }
    }

    private async Task ComputeAsync(Func<CancellationToken, Task<byte[]>> compute, string holder)
    {
        // Read before the computation: a write during it changes the version, and the answer is computed again.
        var version = await cache.ReadVersionAsync(tags, stopping);
        var (computedAt, started) = (time.GetUtcNow(), Stopwatch.GetTimestamp());
        try
        {
            var content = CachedJson.Of(await compute(stopping));
            var cost = Stopwatch.GetElapsedTime(started);
            _state = StateOf(new Answer(content, version, computedAt, cost));
            var answer = new StoredAnswer
            {
                Key = key,
                Body = content.Body,
                Version = version,
                ComputedAt = computedAt,
                CostMilliseconds = cost.TotalMilliseconds,
                DueAt = _state.DueAt,
            };
            await store.CompleteAsync(answer, holder, stopping);
        }
        catch (Exception) when (!stopping.IsCancellationRequested)
        {
            // Without an answer, every request tries again.
            var delay = _state.Answer is null ? TimeSpan.Zero : Interval(Stopwatch.GetElapsedTime(started));
            _state = _state with { DueAt = computedAt + delay };
            await store.ReleaseAsync(key, holder, _state.DueAt, stopping);
            throw;
        }
    }

    private State StateOf(Answer answer) => new(answer, answer.ComputedAt + Interval(answer.Cost));

    private TimeSpan Interval(TimeSpan cost)
    {
        var interval = cost / options.MaxRefreshShare;
        return interval < StoredAnswers.MaxInterval ? interval : StoredAnswers.MaxInterval;
    }

    [LoggerMessage(LogLevel.Warning, "The analytic {Key} could not be computed again; its last answer is served")]
    private static partial void LogFailure(ILogger logger, Exception exception, string key);
}
