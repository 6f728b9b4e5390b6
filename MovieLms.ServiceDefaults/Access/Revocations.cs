using System.Collections.Concurrent;

namespace MovieLms.ServiceDefaults.Access;

/// <summary>
/// The sessions and users whose unexpired access tokens are revoked. Kept in memory so that a request needs no round trip for the check.
/// </summary>
public sealed class Revocations(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _sessions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (long Generation, DateTimeOffset Until)> _users = new(StringComparer.Ordinal);
    private volatile int _changeCount;

    /// <summary>Number of changes. The result of <see cref="Contains"/> for a token stays the same until this number changes.</summary>
    internal int ChangeCount => _changeCount;

    /// <summary>Raised for each new entry, on the thread that adds it. Lets subscribers end connections immediately.</summary>
    public event Action? Changed;

    /// <summary>Revokes the tokens of a session.</summary>
    /// <param name="sessionId">The tokens' <c>sid</c>.</param>
    /// <param name="until">When the last of them expires.</param>
    public void AddSession(string sessionId, DateTimeOffset until)
    {
        if (_sessions.TryAdd(sessionId, until))
            RaiseChanged();
    }

    /// <summary>Revokes a user's tokens of earlier generations.</summary>
    /// <param name="userId">The tokens' <c>sub</c>.</param>
    /// <param name="generation">The first generation that is not revoked.</param>
    /// <param name="until">When the last revoked token expires.</param>
    public void AddUser(string userId, long generation, DateTimeOffset until)
    {
        var isNew = false;
        _users.AddOrUpdate(
            userId,
            _ =>
            {
                isNew = true;
                return (generation, until);
            },
            (_, known) =>
            {
                isNew = generation > known.Generation;
                return isNew ? (generation, until) : known;
            }
        );
        if (isNew)
            RaiseChanged();
    }

    /// <summary>Returns whether the token is revoked.</summary>
    public bool Contains(AccessToken token) =>
        _sessions.ContainsKey(token.SessionId) || (_users.TryGetValue(token.UserId, out var user) && token.Generation < user.Generation);

    private void RaiseChanged()
    {
        Interlocked.Increment(ref _changeCount);
        Changed?.Invoke();
    }

    /// <summary>Removes entries whose tokens have all expired.</summary>
    internal void DropExpired()
    {
        var now = time.GetUtcNow();
        foreach (var (id, until) in _sessions)
        {
            if (until < now)
                _sessions.TryRemove(id, out _);
        }

        foreach (var (id, user) in _users)
        {
            if (user.Until < now)
                _users.TryRemove(KeyValuePair.Create(id, user));
        }
    }
}
