using MongoDB.Bson;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.ApiService.Identity.Tokens;

/// <summary>
/// Ends sessions so that every service refuses their access tokens at once. None of it depends on the request that asked: a
/// client that disconnects, or a process that dies after the first write, leaves documents from which every service reads the rest.
/// </summary>
internal sealed class SessionEnder(SessionStore sessions, RevocationFeed feed, TimeProvider time)
{
    /// <summary>Ends one session of a user.</summary>
    /// <returns>False if the user has no such session or it has ended before.</returns>
    internal async Task<bool> EndAsync(ObjectId userId, ObjectId sessionId)
    {
        if (!await sessions.EndAsync(userId, sessionId, CancellationToken.None))
            return false;
        await AnnounceAsync(RevocationStore.OfSession(sessionId), 0);
        return true;
    }

    /// <summary>Ends all sessions of a user except one.</summary>
    internal async Task EndOthersAsync(ObjectId userId, ObjectId kept)
    {
        while (await sessions.EndNextOthersAsync(userId, kept, CancellationToken.None) is { Count: > 0 } ended)
            await Task.WhenAll(ended.Select(id => AnnounceAsync(RevocationStore.OfSession(id), 0)));
    }

    /// <summary>
    /// Announces the token generation that a user's document holds: every service refuses earlier tokens. Can be repeated.
    /// </summary>
    internal Task AnnounceAsync(UserDocument user) => AnnounceAsync(RevocationStore.OfUser(user.Id), user.TokenGeneration);

    private Task AnnounceAsync(string subject, long generation) =>
        feed.AnnounceAsync(subject, generation, time.GetUtcNow() + RevocationStore.Retention);
}
