using System.Globalization;

namespace MovieLms.Web.Analytics;

/// <summary>Values as people read them.</summary>
internal static class Texts
{
    /// <summary>Shown in place of a missing value.</summary>
    internal const string None = "–";

    internal static string Count(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    internal static string Rating(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? None;

    internal static string Score(double value) => value.ToString("0.0##", CultureInfo.InvariantCulture);

    internal static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    internal static string Year(int? year) => year?.ToString(CultureInfo.InvariantCulture) ?? "Unknown";

    internal static string Money(double? amount, string currency) =>
        string.Create(CultureInfo.InvariantCulture, $"{amount ?? 0:N2} {currency}");

    /// <summary>Returns how old an answer is, such as "as of 12 seconds ago". Empty for a new one.</summary>
    internal static string Age(TimeSpan? age) =>
        age switch
        {
            null or { TotalSeconds: < 1 } => "",
            { TotalSeconds: < 90 } seconds => $"as of {Plural((int)seconds.TotalSeconds, "second")} ago",
            { TotalMinutes: < 90 } minutes => $"as of {Plural((int)Math.Round(minutes.TotalMinutes), "minute")} ago",
            { } hours => $"as of {Plural((int)Math.Round(hours.TotalHours), "hour")} ago",
        };

    internal static string Plural(int count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {noun}{(count == 1 ? "" : "s")}");
}
