using MovieLms.ApiService.Identity.Contracts;
using MovieLms.ApiService.Identity.Passwords;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Identity.Accounts;

/// <summary>Creates accounts.</summary>
internal sealed class Registration(UserStore users, PasswordHasher hasher, PasswordPolicy policy)
{
    /// <summary>Adds a user with a password.</summary>
    /// <returns>Null if the address is taken.</returns>
    /// <exception cref="InvalidInputException">The address is malformed or the password is rejected.</exception>
    internal async Task<UserDocument?> AddAsync(
        string username,
        string email,
        string password,
        string role,
        DateTimeOffset? verifiedAt,
        CancellationToken cancellationToken
    ) => await users.AddAsync(await PrepareAsync(username, email, password, role, verifiedAt, cancellationToken), cancellationToken);

    /// <summary>Returns a user with a password, to be added to the store.</summary>
    /// <exception cref="InvalidInputException">The address is malformed or the password is rejected.</exception>
    internal async Task<UserDocument> PrepareAsync(
        string username,
        string email,
        string password,
        string role,
        DateTimeOffset? verifiedAt,
        CancellationToken cancellationToken
    )
    {
        if (!MailAddress.TryNormalize(email, out var normalized))
            throw new InvalidInputException("email", "The value must be an e-mail address.");
        if (policy.FindProblem(password, username, email) is { } problem)
            throw new InvalidInputException("password", problem);
        return new UserDocument
        {
            Username = username.Trim(),
            Email = email,
            EmailNormalized = normalized,
            EmailVerifiedAt = verifiedAt,
            PasswordHash = await hasher.HashAsync(password, cancellationToken),
            Role = role,
        };
    }
}
