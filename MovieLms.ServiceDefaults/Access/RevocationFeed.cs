using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MongoDB.Driver;
using MovieLms.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace MovieLms.ServiceDefaults.Access;

/// <summary>Reads the revocations that were made since a moment from the store of record.</summary>
/// <returns><c>Subject</c>: <c>s:</c> and a session's id, or <c>u:</c> and a user's; <c>Generation</c>: for a user, the first that is good
/// again.</returns>
public delegate Task<IReadOnlyList<(string Subject, long Generation, DateTimeOffset Until)>> RevocationReader(
    DateTimeOffset since,
    CancellationToken cancellationToken
);

/// <summary>
/// Fills <see cref="Revocations"/>: at once by Redis pub/sub, and by reading the store every few seconds (every
/// <see cref="PollWithoutRedis"/> while Redis is away), so that neither a lost message nor a lost Redis lets a revoked
/// token in for longer than a second or so.
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

    /// <summary>How far the clocks of two replicas may be apart before a re-read misses an entry.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);
    private readonly TaskCompletionSource _firstRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RedisChannel _channel = names.GetChannel("revocations");
    private bool _isSubscribed;
    private bool _isFailing;

    /// <summary>Makes a revocation known, here at once and to the other processes by Redis; the store must hold it already.</summary>
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
            LogUnannounced(logger, e.GetType().Name);
        }
    }

    /// <summary>Until the store was read once, nobody can say which tokens are good.</summary>
    /// <exception cref="TimeoutException">The store does not answer.</exception>
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
            var pause = _isSubscribed && redis.IsConnected ? PollWithRedis : PollWithoutRedis;
            await Task.Delay(pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
                LogUnread(logger, e.GetType().Name);
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
            LogUnsubscribed(logger, e.GetType().Name);
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

    [LoggerMessage(LogLevel.Warning, "The revoked sessions could not be read ({Reason}); those known so far stay refused, trying again")]
    private static partial void LogUnread(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Debug, "Redis takes no subscription yet ({Reason}); the revoked sessions are read from MongoDB more often")]
    private static partial void LogUnsubscribed(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Debug, "A revocation could not be announced by Redis ({Reason}); the others read it from MongoDB")]
    private static partial void LogUnannounced(ILogger logger, string reason);
}
