using MovieLms.ServiceDefaults.RateLimiting;

namespace MovieLms.ApiService.Identity.Settings;

/// <summary>
/// Limits of what guessers and spammers use. Those by address are wide enough for a school behind one address; those of an account, a
/// user or a token stop guesses.
/// </summary>
internal static class IdentityLimits
{
    private const int OfAddress = 300;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>Failed sign-ins of an account.</summary>
    internal static readonly AttemptLimit LoginAccount = new("LoginAccount", 5, Minute);

    /// <summary>Failed sign-ins from an address.</summary>
    internal static readonly AttemptLimit LoginAddress = new("LoginAddress", OfAddress, Minute);

    /// <summary>Wrong second-factor codes of a user.</summary>
    internal static readonly AttemptLimit SecondStep = new("SecondStep", 5, Minute);

    /// <summary>Second factors that fail from an address.</summary>
    internal static readonly AttemptLimit LoginVerify = new("LoginVerify", OfAddress, Minute);

    /// <summary>Password resets requested for an e-mail address, known or not.</summary>
    internal static readonly AttemptLimit ForgotAccount = new("ForgotAccount", 3, TimeSpan.FromMinutes(10));

    /// <summary>Password resets requested from an address.</summary>
    internal static readonly AttemptLimit ForgotAddress = new("ForgotAddress", OfAddress, Minute);

    /// <summary>Sign-ins at a provider that fail from an address.</summary>
    internal static readonly AttemptLimit External = new("External", OfAddress, Minute);

    /// <summary>Reset and verification links that fail from an address.</summary>
    internal static readonly AttemptLimit Reset = new("Reset", OfAddress, Minute);

    /// <summary>Codes sent to a user.</summary>
    internal static readonly AttemptLimit Otp = new("Otp", 5, TimeSpan.FromMinutes(10));

    /// <summary>Codes entered by a user.</summary>
    internal static readonly AttemptLimit OtpVerify = new("OtpVerify", 20, TimeSpan.FromMinutes(10));

    /// <summary>Registrations from an address.</summary>
    internal static readonly AttemptLimit Register = new("Register", OfAddress, Minute);

    /// <summary>Refreshes that fail from an address.</summary>
    internal static readonly AttemptLimit Refresh = new("Refresh", OfAddress, Minute);

    /// <summary>Uses of a refresh token: clients use it once, and a few more times after lost responses.</summary>
    internal static readonly AttemptLimit RefreshToken = new("RefreshToken", 30, Minute);
}
