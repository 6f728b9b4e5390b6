using Microsoft.Extensions.Configuration;

namespace MovieLms.ServiceDefaults.Access;

/// <summary>The lifetime of refresh tokens, which the API issues and the console stores.</summary>
public static class RefreshTokens
{
    /// <summary>The lifetime unless <c>Auth:RefreshTokenMinutes</c> sets another.</summary>
    public const double DefaultMinutes = 40;

    /// <summary>Returns the configured lifetime.</summary>
    public static TimeSpan GetLifetime(IConfiguration configuration) =>
        TimeSpan.FromMinutes(configuration.GetValue("Auth:RefreshTokenMinutes", DefaultMinutes));
}
