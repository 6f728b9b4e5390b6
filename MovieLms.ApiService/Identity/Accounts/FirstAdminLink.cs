using MovieLms.ApiService.Identity.Codes;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Identity.Accounts;

/// <summary>
/// The link with which a person creates the first administrator. Its token works once and expires after 24 hours. The database has only
/// its hash.
/// </summary>
internal sealed class FirstAdminLink(OneTimeCodeStore codes, UserStore users, Registration registration, TimeProvider time)
{
    private const string Key = "first-admin";
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);
    private volatile bool _isIssued;
    private readonly TaskCompletionSource _used = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the link has created the administrator.</summary>
    internal Task Used => _used.Task;

    /// <summary>Whether a link was issued and has not created the administrator yet.</summary>
    internal bool IsOpen => _isIssued && !_used.Task.IsCompleted;

    /// <summary>Returns the token of a new link. An earlier link becomes invalid.</summary>
    internal async Task<string> IssueAsync(CancellationToken cancellationToken)
    {
        var token = SecretText.Token();
        await codes.PutAsync(
            new OneTimeCode
            {
                Key = Key,
                CodeHash = SecretText.Hash(token),
                ExpiresAt = time.GetUtcNow() + Lifetime,
            },
            cancellationToken
        );
        _isIssued = true;
        return token;
    }

    /// <summary>Creates the administrator. Of several concurrent requests, one creates it.</summary>
    /// <returns>Null if the address is taken. The link then still works.</returns>
    /// <exception cref="InvalidInputException">The token, the address or the password is rejected.</exception>
    internal async Task<UserDocument?> RedeemAsync(
        string token,
        string username,
        string email,
        string password,
        CancellationToken cancellationToken
    )
    {
        if (
            await codes.FindAsync(Key, cancellationToken) is not { CodeHash: { } hash } stored
            || !SecretText.AreEqual(hash, SecretText.Hash(token))
        )
        {
            throw InvalidToken();
        }
        // The password is hashed before the token is used, so that little can fail in between.
        var user = await registration.PrepareAsync(username, email, password, Roles.Admin, null, cancellationToken);
        if (!await codes.TryConsumeAsync(stored, CancellationToken.None))
            throw InvalidToken();
        var isCreated = false;
        try
        {
            var created = await users.AddAsync(user, CancellationToken.None);
            isCreated = created is not null;
            return created;
        }
        finally
        {
            if (isCreated)
                _used.TrySetResult();
            else
                await codes.PutAsync(stored, CancellationToken.None);
        }
    }

    private static InvalidInputException InvalidToken() =>
        new("token", "The link is invalid, expired or already used. Restart MovieLms to get a new one.");
}
