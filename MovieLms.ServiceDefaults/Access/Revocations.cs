using System.Collections.Concurrent;

namespace MovieLms.ServiceDefaults.Access;

/// <summary>
/// The sessions and users whose access tokens are refused although they have not expired, held in the process so that a
/// request pays no round trip for the question.
/// </summary>
public sealed class Revocations(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _sessions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (long Generation, DateTimeOffset Until)> _users = new(StringComparer.Ordinal);
    private volatile int _changes;

    /// <summary>Grows with every entry, so that who has asked about a token need not ask again until it does.</summary>
    internal int Changes => _changes;

    /// <summary>Raised for every new entry, on the thread that brought it: for what must end at once.</summary>
    public event Action? Changed;

    /// <summary>Refuses the tokens of a sign-in.</summary>
    /// <param name="sessionId">The tokens' <c>sid</c>.</param>
    /// <param name="until">When the last of them has expired.</param>
    public void AddSession(string sessionId, DateTimeOffset until)
    {
        if (_sessions.TryAdd(sessionId, until))
            Note();
    }

    /// <summary>Refuses a user's tokens that were made before.</summary>
    /// <param name="userId">The tokens' <c>sub</c>.</param>
    /// <param name="generation">The first generation that is good again.</param>
    /// <param name="until">When the last of the earlier ones has expired.</param>
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
            Note();
    }

    /// <summary>True when the token must be refused.</summary>
    public bool Contains(AccessToken token) =>
        _sessions.ContainsKey(token.SessionId) || (_users.TryGetValue(token.UserId, out var user) && token.Generation < user.Generation);

    private void Note()
    {
        Interlocked.Increment(ref _changes);
        Changed?.Invoke();
    }

    /// <summary>Forgets what has expired by itself.</summary>
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
