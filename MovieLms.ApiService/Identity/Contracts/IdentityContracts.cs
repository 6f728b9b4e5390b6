// The requests are public because the validation that ASP.NET Core generates skips non-public types.
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MovieLms.ApiService.Http;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.ApiService.Identity.Contracts;

/// <summary>A request that creates an account with a password.</summary>
internal interface IRegistration
{
    string Username { get; }
    string Email { get; }
}

/// <summary>A registration. Members of the response, such as a role, are ignored.</summary>
public sealed record RegisterRequest(
    [Required, StringLength(60), OneLine] string Username,
    [Required, MailAddress] string Email,
    [Required, MaxLength(1_000), AcceptablePassword] string Password
) : IRegistration;

/// <summary>A sign-in with a password.</summary>
public sealed record LoginRequest([Required, MaxLength(1_000)] string Email, [Required, MaxLength(1_000)] string Password);

/// <summary>The second step of a sign-in.</summary>
public sealed record VerifyLoginRequest([Required, MaxLength(200)] string Challenge, [Required, MaxLength(20)] string Code);

/// <summary>A refresh token to be exchanged.</summary>
public sealed record RefreshRequest([Required, MaxLength(1_000)] string RefreshToken);

/// <summary>A sign-out; the refresh token of another of the user's sessions ends that one too.</summary>
public sealed record LogoutRequest([MaxLength(1_000)] string? RefreshToken);

/// <summary>A change of the caller's own profile. Omitted members stay.</summary>
/// <param name="Username">The name that others see.</param>
/// <param name="CurrentPassword">Required to change the phone number of an account with a password.</param>
public sealed record UpdateProfileRequest(
    [Required, StringLength(60), OneLine] string Username,
    [MaxLength(1_000)] string? CurrentPassword = null
) : IValidatableObject
{
    /// <summary>ITU-T E.164 (+4915112345678); null removes it.</summary>
    [RegularExpression(@"^\+[1-9][0-9]{7,14}$", ErrorMessage = "A phone number must be a plus sign and 8 to 15 digits: +4915112345678.")]
    public string? Phone
    {
        get;
        init => (field, HasPhone) = (value, true);
    }

    /// <summary>The mail that the user wants.</summary>
    public MailPreferencesRequest MailPreferences { get; init; } = new();

    /// <summary>Whether the body has a phone number or null.</summary>
    internal bool HasPhone { get; private init; }

    /// <summary>Rejects null for the mail preferences, because every user has some.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MailPreferences is null)
            yield return new("The value must not be null. Omit it to keep the current value.", [nameof(MailPreferences)]);
    }

    internal ProfileChange ToChange() =>
        new(Username.Trim())
        {
            HasPhone = HasPhone,
            Phone = Phone,
            MailPreferences = MailPreferences.ToChange(),
        };
}

/// <summary>A change of a user's mail preferences. Omitted members stay.</summary>
public sealed record MailPreferencesRequest
{
    private readonly bool? _announcements;
    private readonly bool? _digests;
    private readonly bool? _reports;

    /// <summary>Announcements of the user's courses.</summary>
    public bool Announcements
    {
        get => _announcements ?? true;
        init => _announcements = value;
    }

    /// <summary>The weekly digest.</summary>
    public bool Digests
    {
        get => _digests ?? true;
        init => _digests = value;
    }

    /// <summary>Reports of finished imports.</summary>
    public bool Reports
    {
        get => _reports ?? true;
        init => _reports = value;
    }

    internal MailPreferencesChange ToChange() => new(_announcements, _digests, _reports);
}

/// <summary>The mail that a user wants, in addition to mail about the account itself.</summary>
internal sealed record MailPreferencesContract(bool Announcements, bool Digests, bool Reports)
{
    internal static MailPreferencesContract From(MailPreferences stored) => new(stored.Announcements, stored.Digests, stored.Reports);
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
