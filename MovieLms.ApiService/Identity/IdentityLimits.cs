using MovieLms.ServiceDefaults.RateLimiting;

namespace MovieLms.ApiService.Identity;

/// <summary>How often what guessers and spammers use may be used.</summary>
internal static class IdentityLimits
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>Failed sign-ins of one account.</summary>
    internal static readonly AttemptLimit LoginAccount = new("LoginAccount", 5, Minute);

    /// <summary>Failed sign-ins from one address.</summary>
    internal static readonly AttemptLimit LoginAddress = new("LoginAddress", 20, Minute);

    /// <summary>Wrong codes of a user at the second step.</summary>
    internal static readonly AttemptLimit SecondStep = new("SecondStep", 5, Minute);

    /// <summary>Reset links for one address of mail, known or not.</summary>
    internal static readonly AttemptLimit ForgotAccount = new("ForgotAccount", 3, TimeSpan.FromMinutes(10));

    /// <summary>Requests for reset links from one address.</summary>
    internal static readonly AttemptLimit ForgotAddress = new("ForgotAddress", 10, Minute);

    internal static readonly AttemptLimit LoginVerify = new("LoginVerify", 30, Minute);
    internal static readonly AttemptLimit External = new("External", 30, Minute);
    internal static readonly AttemptLimit Reset = new("Reset", 10, Minute);

    /// <summary>Codes sent to a user.</summary>
    internal static readonly AttemptLimit Otp = new("Otp", 5, TimeSpan.FromMinutes(10));

    /// <summary>Codes typed by a user.</summary>
    internal static readonly AttemptLimit OtpVerify = new("OtpVerify", 20, TimeSpan.FromMinutes(10));

    internal static readonly AttemptLimit Register = new("Register", 10, Minute);
    internal static readonly AttemptLimit Refresh = new("Refresh", 60, Minute);
}
