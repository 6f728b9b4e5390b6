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

    internal static readonly AttemptLimit Register = new("Register", 10, Minute);
    internal static readonly AttemptLimit Refresh = new("Refresh", 60, Minute);
}
