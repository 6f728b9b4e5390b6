using Microsoft.Extensions.Options;
using MongoDB.Bson;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.ApiService.Identity.Tokens;

/// <summary>Ends sessions so that their access tokens, too, are refused at once by every service.</summary>
internal sealed class SessionEnder(SessionStore sessions, RevocationStore revocations, RevocationFeed feed, IOptions<AuthOptions> options, TimeProvider time)
{
    /// <summary>An entry outlives the last token it concerns by this much: the replicas' clocks differ.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    /// <summary>Ends one session of a user.</summary>
    /// <returns>False when the user has no such session.</returns>
    internal async Task<bool> EndAsync(ObjectId userId, ObjectId sessionId, CancellationToken cancellationToken)
    {
        if (await sessions.FindLiveAsync(sessionId, cancellationToken) is not { } session || session.UserId != userId) return false;
        // The revocation first: after a crash between the two the session can be ended again.
        await RevokeAsync(RevocationStore.OfSession(sessionId), 0, cancellationToken);
        return await sessions.EndAsync(userId, sessionId, cancellationToken);
    }

    /// <summary>Refuses every token of a user's that was made before the generation; the user document holds it already.</summary>
    internal Task EndAllAsync(ObjectId userId, long generation, CancellationToken cancellationToken) =>
        RevokeAsync(RevocationStore.OfUser(userId), generation, cancellationToken);

    private async Task RevokeAsync(string subject, long generation, CancellationToken cancellationToken)
    {
        var until = time.GetUtcNow() + options.Value.AccessTokenLifetime + Margin;
        await revocations.AddAsync(subject, generation, until, cancellationToken);
        await feed.AnnounceAsync(subject, generation, until);
    }
}
