using MongoDB.Bson;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.ApiService.Identity.Tokens;

/// <summary>
/// Ends sessions so that every service rejects their access tokens at once. It never stops halfway when the client disconnects, and
/// if the process dies after the first write, every service reads the revocation from the stored documents.
/// </summary>
internal sealed class SessionEnder(SessionStore sessions, RevocationFeed feed, TimeProvider time)
{
    /// <summary>Ends one session of a user.</summary>
    /// <returns>False if the user has no such session or it has already ended.</returns>
    internal async Task<bool> EndAsync(ObjectId userId, ObjectId sessionId)
    {
        if (!await sessions.EndAsync(userId, sessionId, CancellationToken.None))
            return false;
        await AnnounceAsync(RevocationStore.SessionSubject(sessionId), 0);
        return true;
    }

    /// <summary>Ends all sessions of a user except one.</summary>
    internal async Task EndOthersAsync(ObjectId userId, ObjectId kept)
    {
        while (await sessions.EndOthersAsync(userId, kept, CancellationToken.None) is { Count: > 0 } ended)
            await Task.WhenAll(ended.Select(id => AnnounceAsync(RevocationStore.SessionSubject(id), 0)));
    }

    /// <summary>
    /// Announces the token generation in a user's document, so every service rejects tokens of earlier generations. Idempotent.
    /// </summary>
    internal Task AnnounceAsync(UserDocument user) => AnnounceAsync(RevocationStore.UserSubject(user.Id), user.TokenGeneration);

    private Task AnnounceAsync(string subject, long generation) =>
        feed.PublishAsync(subject, generation, time.GetUtcNow() + RevocationStore.Retention);
}
