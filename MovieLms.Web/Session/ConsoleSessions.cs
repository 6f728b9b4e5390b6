using BitFaster.Caching;
using BitFaster.Caching.Lru;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.Web.Session;

/// <summary>
/// Begins, reads, refreshes and ends the sessions of browsers. Of all replicas, one refreshes a session; the others use its token while
/// it is valid, or wait for the new one.
/// </summary>
public sealed class ConsoleSessions
{
    private const int CachedSessions = 1_000;

    /// <summary>Limits how long this replica uses a session that another one has ended. The services reject its token at once.</summary>
    private static readonly TimeSpan CacheDuration = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan WaitInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(7);
    private readonly ConsoleSessionStore _store;
    private readonly SessionProtector _protector;
    private readonly SessionRefresher _refresher;
    private readonly SessionCookie _cookie;
    private readonly TimeProvider _time;
    private readonly ICache<string, VisitorSession> _cache = new ConcurrentLruBuilder<string, VisitorSession>()
        .WithCapacity(CachedSessions)
        .WithExpireAfterWrite(CacheDuration)
        .Build();

    internal ConsoleSessions(
        ConsoleSessionStore store,
        SessionProtector protector,
        SessionRefresher refresher,
        SessionCookie cookie,
        TimeProvider time
    ) => (_store, _protector, _refresher, _cookie, _time) = (store, protector, refresher, cookie, time);

    /// <summary>
    /// Begins a session with the tokens of a sign-in and sets its cookie. The key is always a new one, so that a key planted in the
    /// browser never becomes a signed-in session. An earlier session of the browser ends.
    /// </summary>
    public async Task BeginAsync(HttpContext http, SessionTokens tokens)
    {
        await EndAsync(http);
        var session = _protector.Create(SessionCookie.Hash(_cookie.Create(http)), tokens);
        await _store.AddAsync(session.Stored, http.RequestAborted);
        Use(http, session);
    }

    /// <summary>Signs out: ends the session here and at the API, and removes the cookie.</summary>
    public async Task EndAsync(HttpContext http)
    {
        if (_cookie.Read(http) is not { } key)
            return;
        var keyHash = SessionCookie.Hash(key);
        var stored = await _store.FindAsync(keyHash, CancellationToken.None);
        await ForgetAsync(http, keyHash);
        if (stored is not null && _protector.Read(stored) is { } session)
            await _refresher.LogOutAsync(session.Tokens, http);
    }

    /// <summary>Removes a session whose token the API rejected, and its cookie. The visitor must sign in again.</summary>
    public Task DropAsync(HttpContext http) =>
        _cookie.Read(http) is { } key ? ForgetAsync(http, SessionCookie.Hash(key)) : Task.CompletedTask;

    /// <summary>Returns the session of a key with a valid access token; null if it has ended.</summary>
    /// <exception cref="BusyException">The access token has expired, and the API cannot be reached.</exception>
    internal async Task<VisitorSession?> FindAsync(string key, HttpContext http)
    {
        var keyHash = SessionCookie.Hash(key);
        if (_cache.TryGet(keyHash, out var known) && _time.GetUtcNow() < known.Stored.RefreshAt)
            return known;
        var started = _time.GetTimestamp();
        while (await _store.FindAsync(keyHash, http.RequestAborted) is { } stored && _protector.Read(stored) is { } session)
        {
            if (_time.GetUtcNow() < stored.RefreshAt)
            {
                _cache.AddOrUpdate(keyHash, session);
                return session;
            }
            if (await TryRefreshAsync(session, http) is { } result)
                return result.IsEnded ? null : result.Session;
            if (_time.GetUtcNow() < stored.AccessTokenExpiresAt)
                return session;
            if (_time.GetElapsedTime(started) > MaxWait)
                throw new BusyException("Your session cannot be renewed at the moment");
            await Task.Delay(WaitInterval, _time, http.RequestAborted);
        }
        return null;
    }

    /// <summary>Makes a session that of the current request.</summary>
    internal static void Use(HttpContext http, VisitorSession session)
    {
        http.User = session.User;
        http.Features.Set<IVisitorSession>(session);
    }

    /// <returns>Null if another request refreshes the session, or the API cannot be reached.</returns>
    private async Task<(VisitorSession? Session, bool IsEnded)?> TryRefreshAsync(VisitorSession session, HttpContext http)
    {
        var (keyHash, refresher) = (session.Stored.KeyHash, Guid.NewGuid().ToString("N"));
        if (!await _store.TryClaimRefreshAsync(session.Stored, refresher, SessionRefresher.Lease, http.RequestAborted))
            return null;
        var (tokens, isEnded) = await _refresher.RefreshAsync(session.Tokens, http);
        if (isEnded)
        {
            await _store.RemoveAsync(keyHash, CancellationToken.None);
            _cache.TryRemove(keyHash);
            return (null, true);
        }
        if (tokens is null)
            return null;
        var refreshed = _protector.Create(keyHash, tokens);
        if (!await _store.TryCompleteRefreshAsync(refreshed.Stored, refresher, CancellationToken.None))
            return null;
        _cache.AddOrUpdate(keyHash, refreshed);
        return (refreshed, false);
    }

    private async Task ForgetAsync(HttpContext http, string keyHash)
    {
        await _store.RemoveAsync(keyHash, CancellationToken.None);
        _cache.TryRemove(keyHash);
        _cookie.Delete(http);
        http.Features.Set<IVisitorSession>(null);
        http.User = new();
    }
}
