using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MongoDB.Driver;
using MovieLms.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace MovieLms.ServiceDefaults.Access;

/// <summary>Reads the revocations since a given time from the store of record.</summary>
/// <returns>
/// <c>Subject</c>: <c>s:</c> and a session's ID, or <c>u:</c> and a user's ID. <c>Generation</c>: for a user, the first generation of
/// tokens that is not revoked. <c>Until</c>: when the last revoked token expires.
/// </returns>
public delegate Task<IReadOnlyList<(string Subject, long Generation, DateTimeOffset Until)>> RevocationReader(
    DateTimeOffset since,
    CancellationToken cancellationToken
);

/// <summary>
/// Keeps <see cref="Revocations"/> up to date: immediately by Redis pub/sub, and by polling the store every
/// <see cref="PollWithRedis"/>. While Redis is unavailable, it polls every <see cref="PollWithoutRedis"/>. A lost message or a Redis outage
/// therefore delays a revocation by at most a few seconds.
/// </summary>
public sealed partial class RevocationFeed(
    Revocations revocations,
    IConnectionMultiplexer redis,
    RedisNames names,
    TimeProvider time,
    ILogger<RevocationFeed> logger,
    RevocationReader? read = null
) : BackgroundService
{
    private static readonly TimeSpan PollWithRedis = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan PollWithoutRedis = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan FirstReadTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The maximum difference between the clocks of two replicas at which a poll misses no entry.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);
    private readonly TaskCompletionSource _firstRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RedisChannel _channel = names.GetChannel("revocations");
    private bool _isSubscribed;
    private bool _isFailing;

    /// <summary>Applies a revocation in this process and publishes it to the others by Redis. It must already be stored.</summary>
    public async Task PublishAsync(string subject, long generation, DateTimeOffset until)
    {
        Apply(subject, generation, until);
        try
        {
            await redis
                .GetSubscriber()
                .PublishAsync(
                    _channel,
                    string.Create(CultureInfo.InvariantCulture, $"{subject}|{generation}|{until.ToUnixTimeMilliseconds()}")
                );
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            LogPublishFailed(logger, e.GetType().Name);
        }
    }

    /// <summary>Waits until the store was read once. Before that, revoked tokens cannot be recognized.</summary>
    /// <exception cref="TimeoutException">The store does not respond.</exception>
    public Task WaitUntilReadAsync(CancellationToken cancellationToken) =>
        _firstRead.Task.IsCompleted || read is null ? Task.CompletedTask : _firstRead.Task.WaitAsync(FirstReadTimeout, cancellationToken);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (read is null)
            return;
        var since = DateTimeOffset.UnixEpoch;
        while (!stoppingToken.IsCancellationRequested)
        {
            await SubscribeAsync();
            var now = time.GetUtcNow();
            if (await ReadAsync(read, since, stoppingToken))
                since = now - Overlap;
            var delay = _isSubscribed && redis.IsConnected ? PollWithRedis : PollWithoutRedis;
            await Task.Delay(delay, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> ReadAsync(RevocationReader reader, DateTimeOffset since, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var (subject, generation, until) in await reader(since, cancellationToken))
                Apply(subject, generation, until);
            revocations.DropExpired();
            _firstRead.TrySetResult();
            _isFailing = false;
            return true;
        }
        catch (Exception e) when (e is MongoException or TimeoutException)
        {
            if (!_isFailing)
                LogReadFailed(logger, e.GetType().Name);
            _isFailing = true;
            return false;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task SubscribeAsync()
    {
        if (_isSubscribed)
            return;
        try
        {
            await redis.GetSubscriber().SubscribeAsync(_channel, (_, message) => Receive(message));
            _isSubscribed = true;
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            LogSubscribeFailed(logger, e.GetType().Name);
        }
    }

    private void Receive(RedisValue message)
    {
        var parts = message.ToString().Split('|');
        if (
            parts.Length == 3
            && long.TryParse(parts[1], CultureInfo.InvariantCulture, out var generation)
            && long.TryParse(parts[2], CultureInfo.InvariantCulture, out var until)
        )
        {
            Apply(parts[0], generation, DateTimeOffset.FromUnixTimeMilliseconds(until));
        }
    }

    private void Apply(string subject, long generation, DateTimeOffset until)
    {
        if (subject.StartsWith("s:", StringComparison.Ordinal))
            revocations.AddSession(subject[2..], until);
        else if (subject.StartsWith("u:", StringComparison.Ordinal))
            revocations.AddUser(subject[2..], generation, until);
    }

    [LoggerMessage(LogLevel.Warning, "Could not read the revocations ({Reason}); known revocations stay in effect, retrying")]
    private static partial void LogReadFailed(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Debug, "Could not subscribe to revocations in Redis ({Reason}); polling MongoDB more often")]
    private static partial void LogSubscribeFailed(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Debug, "Could not publish a revocation to Redis ({Reason}); other processes read it from MongoDB")]
    private static partial void LogPublishFailed(ILogger logger, string reason);
}
