using System.Runtime.ExceptionServices;
using MovieLms.Data.Analytics;
using MovieLms.ServiceDefaults.Caching;
using MovieLms.ServiceDefaults.Errors;

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
    ILogger logger
)
{
    /// <summary>An older answer is returned only if computing a new one takes longer than <see cref="MaxWaitForOld"/>.</summary>
    private static readonly TimeSpan MaxAgeOfOld = TimeSpan.FromHours(1);
    private static readonly TimeSpan MaxWaitForOld = TimeSpan.FromSeconds(5);

    /// <summary>How long a request waits for the very first answer.</summary>
    private static readonly TimeSpan MaxWaitForFirst = StoredAnswers.LeaseDuration;

    /// <summary>How often a process looks for the answer that another one computes.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>The maximum time until a failed computation is repeated.</summary>
    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private Task<bool>? _refresh;
    private volatile State _state = new(null, null, long.MinValue, DateTimeOffset.MinValue, null);

    /// <param name="Answer">The answer; null if none is known.</param>
    /// <param name="Id">The computation that produced it.</param>
    /// <param name="StartedAt">The timestamp at which this process started that computation; the minimum if another one did.</param>
    /// <param name="DueAt">When this process may try to compute the answer again.</param>
    /// <param name="Failure">The error of the last computation, if there is no answer.</param>
    private sealed record State(Answer? Answer, string? Id, long StartedAt, DateTimeOffset DueAt, Exception? Failure);

    /// <summary>
    /// Returns the answer. Waits for a new one if there is none, or if it is expected within <see cref="AnalyticsOptions.MaxWait"/>.
    /// </summary>
    /// <param name="compute">Returns the response's body.</param>
    /// <param name="cancellationToken">Cancels the wait, not the computation.</param>
    /// <exception cref="BusyException">Another process has been computing the first answer for too long.</exception>
    internal async ValueTask<(Answer Answer, CacheOutcome Outcome)> GetAsync(
        Func<CancellationToken, Task<byte[]>> compute,
        CancellationToken cancellationToken
    )
    {
        var start = time.GetTimestamp();
        var outcome = CacheOutcome.Hit;
        if (_state.Answer is null)
            await LoadAsync(cancellationToken);
        while (true)
        {
            // Read in each pass: a write during a computation changes the version again.
            var version = await cache.ReadVersionAsync(tags, cancellationToken);
            var (state, now) = (_state, time.GetUtcNow());
            if (state.Answer is { } answer && (state.StartedAt >= start || answer.IsCurrent(version, now, MaxAge(answer))))
                return (answer, outcome);

            // A time too far ahead was stored before the clock was set back.
            var isDue = state.DueAt <= now || state.DueAt > now + StoredAnswers.MaxInterval;
            var delay = isDue ? TimeSpan.Zero : state.DueAt - now;
            var remaining = MaxWait(state.Answer, now) - time.GetElapsedTime(start);
            if (state.Answer is null)
            {
                if (!isDue && state.Failure is not null)
                    ExceptionDispatchInfo.Throw(state.Failure);
                if (remaining <= TimeSpan.Zero)
                    throw new BusyException("The answer is still being computed.");
            }
            else if (delay + state.Answer.Cost > remaining)
            {
                if (isDue)
                    Start();
                return (state.Answer, CacheOutcome.Stale);
            }

            await Task.Delay(delay, time, cancellationToken);
            var (refresh, isMine) = Start();
            try
            {
                if (await refresh.WaitAsync(remaining - delay, time, cancellationToken) && isMine)
                    outcome = CacheOutcome.Miss;
            }
            catch (TimeoutException) when (_state.Answer is { } last)
            {
                return (last, CacheOutcome.Stale);
            }
            catch (TimeoutException)
            {
                throw new BusyException("The answer is still being computed.");
            }
            if (_state is { Answer: null, Failure: { } failure })
                ExceptionDispatchInfo.Throw(failure);
        }

        (Task<bool> Refresh, bool IsMine) Start()
        {
            lock (_lock)
            {
                return _refresh is { IsCompleted: false } ? (_refresh, false) : (_refresh = Task.Run(() => RefreshAsync(compute)), true);
            }
        }
    }

    /// <summary>Reads the answer of an earlier start or of another process, so that the first request need not compute it.</summary>
    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (await store.FindAsync(key, cancellationToken) is not { } stored)
            return;
        lock (_lock)
        {
            if (_state.Answer is null)
                _state = StateOf(Answer.From(stored), stored.Id, long.MinValue);
        }
    }

    /// <summary>
    /// Computes the answer, or takes over the one that another process has computed. Never fails: a failure is logged and part of the
    /// state.
    /// </summary>
    /// <returns>True if this process computed the answer.</returns>
    private async Task<bool> RefreshAsync(Func<CancellationToken, Task<byte[]>> compute)
    {
        using var limit = new CancellationTokenSource(StoredAnswers.MaxDuration, time);
        try
        {
            var id = Guid.NewGuid().ToString();
            var isClaimed = await store.TryClaimAsync(key, id, limit.Token);
            // Read after the claim: another process may have completed the answer just before it.
            var stored = await store.FindAsync(key, limit.Token);
            if (stored is not null && stored.Id != _state.Id)
                _state = StateOf(Answer.From(stored), stored.Id, long.MinValue);
            var version = await cache.ReadVersionAsync(tags, limit.Token);
            if (_state.Answer is { } answer && answer.IsCurrent(version, time.GetUtcNow(), MaxAge(answer)))
            {
                if (isClaimed)
                    await store.ReleaseAsync(key, id, _state.DueAt, limit.Token);
                return false;
            }
            if (isClaimed)
            {
                await ComputeAsync(id, version, compute, limit.Token);
                return true;
            }
            _state = _state with { DueAt = time.GetUtcNow() + PollInterval, Failure = null };
            return false;
        }
        catch (Exception exception)
        {
            LogFailure(logger, exception, key);
            if (_state.DueAt <= time.GetUtcNow())
                _state = _state with { DueAt = time.GetUtcNow() + PollInterval };
            _state = _state with { Failure = exception };
            return false;
        }
    }

    private async Task ComputeAsync(
        string id,
        string? version,
        Func<CancellationToken, Task<byte[]>> compute,
        CancellationToken cancellationToken
    )
    {
        Answer answer;
        var started = time.GetTimestamp();
        try
        {
            answer = await Answer.ComputeAsync(version, compute, time, cancellationToken);
            _state = StateOf(answer, id, started);
        }
        catch (Exception)
        {
            var delay = options.GetInterval(time.GetElapsedTime(started));
            _state = _state with { DueAt = time.GetUtcNow() + (delay < MaxRetryDelay ? delay : MaxRetryDelay) };
            await ReleaseAsync(id);
            throw;
        }
        var stored = new StoredAnswer
        {
            Key = key,
            Id = id,
            Body = answer.Content.Body,
            Version = version,
            ComputedAt = answer.ComputedAt,
            CostMilliseconds = answer.Cost.TotalMilliseconds,
            DueAt = _state.DueAt,
        };
        await store.CompleteAsync(stored, id, cancellationToken);
    }

    /// <summary>Releases the claim of a failed computation, whose error must not be replaced by another one.</summary>
    private async Task ReleaseAsync(string id)
    {
        try
        {
            await store.ReleaseAsync(key, id, _state.DueAt, CancellationToken.None);
        }
        catch (Exception exception)
        {
            // The claim expires by itself.
            LogFailure(logger, exception, key);
        }
    }

    private State StateOf(Answer answer, string? id, long startedAt) =>
        new(answer, id, startedAt, answer.ComputedAt + options.GetInterval(answer.Cost), null);

    private TimeSpan MaxWait(Answer? answer, DateTimeOffset now) =>
        answer is null ? MaxWaitForFirst
        : answer.AgeAt(now) > MaxAgeOfOld ? MaxWaitForOld
        : options.MaxWait;

    /// <summary>Returns how long an answer counts as current if no write is known.</summary>
    private TimeSpan MaxAge(Answer answer) =>
        options.GetInterval(answer.Cost) is var interval && interval > Answer.MaxAge ? interval : Answer.MaxAge;

    [LoggerMessage(LogLevel.Warning, "The analytic {Key} could not be computed")]
    private static partial void LogFailure(ILogger logger, Exception exception, string key);
}
