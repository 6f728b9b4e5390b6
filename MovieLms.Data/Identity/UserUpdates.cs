using MongoDB.Driver;

namespace MovieLms.Data.Identity;

/// <summary>Parts of updates that several changes to a user share.</summary>
internal static class UserUpdates
{
    /// <summary>
    /// Revokes all tokens of the user, in the same write as the change that requires it, and drops a requested change of the address: its
    /// links could otherwise return the account to someone who lost it.
    /// </summary>
    internal static UpdateDefinition<UserDocument> RevokeTokens(this UpdateDefinition<UserDocument> update, TimeProvider time) =>
        update.Inc(user => user.TokenGeneration, 1).Set(user => user.TokensRevokedAt, time.GetUtcNow()).Unset(user => user.EmailChange);

    /// <summary>
    /// Marks the address as proven for the first time. Removes the second step, the phone and the links to providers, because they
    /// may have been set up by someone who registered an address that was not theirs.
    /// </summary>
    internal static UpdateDefinition<UserDocument> DropUnproven(
        this UpdateDefinition<UserDocument> update,
        TimeProvider time,
        params ExternalLogin[] kept
    ) =>
        update
            .Set(user => user.EmailVerifiedAt, time.GetUtcNow())
            .Set(user => user.EmailVerifiedByLink, false)
            .Set(user => user.ExternalLogins, kept)
            .Unset(user => user.Totp)
            .Unset(user => user.Phone)
            .Unset(user => user.PhoneVerifiedAt);
}
