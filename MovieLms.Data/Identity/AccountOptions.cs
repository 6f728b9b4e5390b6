using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace MovieLms.Data.Identity;

/// <summary>The settings of accounts (section <c>Accounts</c>).</summary>
public sealed record AccountOptions
{
    /// <summary>How long users can cancel the deletion of their accounts.</summary>
    public TimeSpan DeletionGrace { get; init; } = TimeSpan.FromDays(14);

    /// <summary>
    /// Reads <c>Accounts:DeletionGraceDays</c>. The minimum of two days is longer than any access token that a service must reject because
    /// of the user's document.
    /// </summary>
    /// <exception cref="InvalidOperationException">The value is not a whole number from 2 to 365.</exception>
    public static AccountOptions From(IConfiguration? configuration)
    {
        if (configuration?["Accounts:DeletionGraceDays"] is not { Length: > 0 } text)
            return new AccountOptions();
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is >= 2 and <= 365
            ? new AccountOptions { DeletionGrace = TimeSpan.FromDays(days) }
            : throw new InvalidOperationException(
                $"Accounts:DeletionGraceDays is '{text}'. It must be a number of days between 2 and 365."
            );
    }
}
