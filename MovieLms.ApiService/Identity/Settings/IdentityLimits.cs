using MovieLms.ServiceDefaults.RateLimiting;

namespace MovieLms.ApiService.Identity.Settings;

/// <summary>
/// Limits against guessing and spam. The limits per IP address are wide enough for a school behind one address. The limits per account,
/// user or token stop guessing.
/// </summary>
internal static class IdentityLimits
{
    private const int PerAddress = 300;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>Failed sign-ins per account.</summary>
    internal static readonly AttemptLimit LoginAccount = new("LoginAccount", 5, Minute);

    /// <summary>Failed sign-ins per IP address.</summary>
    internal static readonly AttemptLimit LoginAddress = new("LoginAddress", PerAddress, Minute);

    /// <summary>Wrong second-factor codes per user.</summary>
    internal static readonly AttemptLimit SecondStep = new("SecondStep", 5, Minute);

    /// <summary>Failed second factors per IP address.</summary>
    internal static readonly AttemptLimit LoginVerify = new("LoginVerify", PerAddress, Minute);

    /// <summary>Requested password resets per e-mail address, registered or not.</summary>
    internal static readonly AttemptLimit ForgotAccount = new("ForgotAccount", 3, TimeSpan.FromMinutes(10));

    /// <summary>Requested password resets per IP address.</summary>
    internal static readonly AttemptLimit ForgotAddress = new("ForgotAddress", PerAddress, Minute);

    /// <summary>Failed sign-ins at a provider per IP address.</summary>
    internal static readonly AttemptLimit External = new("External", PerAddress, Minute);

    /// <summary>Invalid reset and verification links per IP address.</summary>
    internal static readonly AttemptLimit Reset = new("Reset", PerAddress, Minute);

    /// <summary>Sent codes per user.</summary>
    internal static readonly AttemptLimit Otp = new("Otp", 5, TimeSpan.FromMinutes(10));

    /// <summary>Requested changes of the e-mail address per user.</summary>
    internal static readonly AttemptLimit EmailChange = new("EmailChange", 3, TimeSpan.FromMinutes(10));

    /// <summary>Entered codes per user.</summary>
    internal static readonly AttemptLimit OtpVerify = new("OtpVerify", 20, TimeSpan.FromMinutes(10));

    /// <summary>Registrations per IP address.</summary>
    internal static readonly AttemptLimit Register = new("Register", PerAddress, Minute);

    /// <summary>Attempts to create the first administrator per IP address.</summary>
    internal static readonly AttemptLimit FirstAdmin = new("FirstAdmin", PerAddress, Minute);

    /// <summary>Failed refreshes per IP address.</summary>
    internal static readonly AttemptLimit Refresh = new("Refresh", PerAddress, Minute);

    /// <summary>Uses per refresh token. Clients use one once, and a few more times after lost responses.</summary>
    internal static readonly AttemptLimit RefreshToken = new("RefreshToken", 30, Minute);
}
