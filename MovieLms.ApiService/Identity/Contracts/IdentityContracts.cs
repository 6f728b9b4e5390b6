// The requests are public because the validation that ASP.NET Core generates skips non-public types.
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MovieLms.ApiService.Http;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.ApiService.Identity.Contracts;

/// <summary>A registration. Other members of the body, such as a role, are ignored.</summary>
public sealed record RegisterRequest(
    [Required, StringLength(60), OneLine] string Username,
    [Required, MailAddress] string Email,
    [Required, MaxLength(1_000)] string Password
);

/// <summary>A sign-in with a password.</summary>
public sealed record LoginRequest([Required, MaxLength(1_000)] string Email, [Required, MaxLength(1_000)] string Password);

/// <summary>The second step of a sign-in.</summary>
public sealed record VerifyLoginRequest([Required, MaxLength(200)] string Challenge, [Required, MaxLength(20)] string Code);

/// <summary>A refresh token to be exchanged.</summary>
public sealed record RefreshRequest([Required, MaxLength(1_000)] string RefreshToken);

/// <summary>A sign-out; the refresh token of another of the user's sessions ends that one too.</summary>
public sealed record LogoutRequest([MaxLength(1_000)] string? RefreshToken);

/// <summary>A user's own profile.</summary>
/// <param name="Username">The name that others see.</param>
/// <param name="Phone">ITU-T E.164 (+4915112345678), or null for none.</param>
/// <param name="MailPreferences">What mail is wanted; null leaves it as it is.</param>
/// <param name="CurrentPassword">Required to change the phone number of an account with a password.</param>
public sealed record UpdateProfileRequest(
    [Required, StringLength(60), OneLine] string Username,
    [RegularExpression(@"^\+[1-9][0-9]{7,14}$", ErrorMessage = "A phone number must be a plus sign and 8 to 15 digits: +4915112345678.")]
        string? Phone,
    MailPreferencesContract? MailPreferences,
    [MaxLength(1_000)] string? CurrentPassword = null
);

/// <summary>What mail a user wants beside what an account needs.</summary>
public sealed record MailPreferencesContract(bool Announcements = true, bool Digests = true, bool Reports = true)
{
    internal static MailPreferencesContract From(MailPreferences stored) => new(stored.Announcements, stored.Digests, stored.Reports);

    internal MailPreferences ToStored() =>
        new()
        {
            Announcements = Announcements,
            Digests = Digests,
            Reports = Reports,
        };
}

/// <summary>A user as they and admins see them.</summary>
internal sealed record UserResponse(
    string Id,
    string Username,
    string Email,
    bool EmailVerified,
    [property: ChoicesOf(typeof(Roles), nameof(Roles.All))] string Role,
    string? Phone,
    bool PhoneVerified,
    bool SecondStep,
    MailPreferencesContract MailPreferences,
    [property: Description(ETags.VersionDescription)] long Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? ArchivedAt
)
{
    internal static UserResponse From(UserDocument user) =>
        new(
            user.Id.ToString(),
            user.Username,
            user.Email,
            user.EmailVerifiedAt is not null,
            user.Role,
            user.Phone,
            user.PhoneVerifiedAt is not null,
            user.Totp?.ConfirmedAt is not null,
            MailPreferencesContract.From(user.MailPreferences),
            user.Version,
            user.CreatedAt,
            user.UpdatedAt,
            user.ArchivedAt
        );
}
