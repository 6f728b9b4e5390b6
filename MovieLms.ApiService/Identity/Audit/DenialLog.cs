using System.Collections.Concurrent;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Application.Work;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.ApiService.Identity.Audit;

/// <summary>
/// Records denied requests in the audit log: one entry per user, endpoint and minute. The first denial is stored at once. Further denials
/// are counted in memory and added to its entry every few seconds, so a flood of denials does not cause a flood of writes.
/// </summary>
internal sealed partial class DenialLog(AuditStore store, TimeProvider time, ILogger<DenialLog> logger) : BackgroundService, IAccessDenials
{
    /// <summary>Maximum number of user and endpoint pairs counted at the same time. Denials beyond it are stored one by one.</summary>
    private const int MaxCounted = 10_000;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<(string User, string Endpoint, long Minute), Denials> _counted = new();

    public async Task RecordAsync(HttpContext http)
    {
        IdentityMetrics.CountAction(AuditActions.Denied, false);
        var user = http.User.FindFirst(CurrentUser.IdClaim)?.Value ?? string.Empty;
        // The route's pattern, not the path, because a path may contain a token.
        var endpoint = $"{http.Request.Method} {(http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText}";
        var key = (user, endpoint, time.GetUtcNow().UtcTicks / TimeSpan.TicksPerMinute);
        var added = new Denials();
        var denials = _counted.Count < MaxCounted ? _counted.GetOrAdd(key, added) : added;
        if (denials != added)
        {
            denials.Count();
            return;
        }
        try
        {
            await AddAsync(denials.EntryId, user, endpoint, http.Connection.RemoteIpAddress?.ToString());
        }
        catch
        {
            // Without an entry, further denials cannot be counted.
            _counted.TryRemove(KeyValuePair.Create(key, denials));
            throw;
        }
    }

    /// <summary>Stores the first denial, even if the client has disconnected.</summary>
    private Task AddAsync(ObjectId entryId, string user, string endpoint, string? address)
    {
        ObjectId? userId = ObjectId.TryParse(user, out var id) ? id : null;
        return store.AddAsync(
            new AuditEntry
            {
                Id = entryId,
                Action = AuditActions.Denied,
                Succeeded = false,
                ActorId = userId,
                UserId = userId,
                Address = address,
                Detail = endpoint,
                Count = 1,
            },
            CancellationToken.None
        );
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Ticker.RunAsync(Interval, time, _ => StoreCountsAsync(), e => LogFailed(logger, e.GetType().Name), stoppingToken);
        await StoreCountsAsync();
    }

    private async Task StoreCountsAsync()
    {
        var minute = time.GetUtcNow().UtcTicks / TimeSpan.TicksPerMinute;
        foreach (var (key, denials) in _counted)
        {
            if (denials.Take() is not (> 0 and var count))
            {
                // Requests of a later minute have their own entry.
                if (key.Minute < minute - 1)
                    _counted.TryRemove(key, out _);
                continue;
            }
            try
            {
                await store.CountAsync(denials.EntryId, count, CancellationToken.None);
            }
            catch (Exception e) when (e is MongoException or TimeoutException)
            {
                denials.Return(count);
                LogFailed(logger, e.GetType().Name);
                return;
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Denied requests could not be counted in the audit log ({Reason}). The next attempt follows")]
    private static partial void LogFailed(ILogger logger, string reason);

    /// <summary>The denials not yet added to an entry.</summary>
    private sealed class Denials
    {
        private int _count;

        internal ObjectId EntryId { get; } = ObjectId.GenerateNewId();

        internal void Count() => Interlocked.Increment(ref _count);

        internal int Take() => Interlocked.Exchange(ref _count, 0);

        internal void Return(int count) => Interlocked.Add(ref _count, count);
    }
}
