using System.Globalization;

namespace MovieLms.Worker.Imports;

/// <summary>
/// Parses the date formats that files may use (docs/imports.md). Formats with an ambiguous day or century are not accepted.
/// </summary>
internal static class Dates
{
    internal const string ErrorMessage = "Must be a date such as 1998-06-12 or Jun 12 1998.";

    private static readonly string[] Iso = ["yyyy-MM-dd", "yyyy/MM/dd", "yyyyMMdd"];

    private static readonly string[] IsoTimes =
    [
        "yyyy-MM-dd'T'HH:mm:ssK",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd'T'HH:mmK",
        "yyyy-MM-dd HH:mm:ssK",
        "yyyy-MM-dd HH:mm",
    ];

    private static readonly string[] WithMonthName =
    [
        "MMM d yyyy",
        "MMM dd yyyy",
        "MMM d, yyyy",
        "MMMM d yyyy",
        "MMMM d, yyyy",
        "d MMM yyyy",
        "d MMMM yyyy",
        "d-MMM-yyyy",
    ];

    /// <summary>
    /// Parses trimmed text as a day. <paramref name="hasMonthName"/> is true for formats with a month name, whose century may be wrong
    /// (see <c>CenturyRule</c>).
    /// </summary>
    internal static bool TryParse(string text, out DateOnly day, out bool hasMonthName)
    {
        hasMonthName = false;
        if (DateOnly.TryParseExact(text, Iso, CultureInfo.InvariantCulture, DateTimeStyles.None, out day))
            return true;
        if (DateOnly.TryParseExact(text, WithMonthName, CultureInfo.InvariantCulture, DateTimeStyles.AllowInnerWhite, out day))
            return hasMonthName = true;
        if (!TryParseTime(text, out var time))
            return false;
        day = DateOnly.FromDateTime(time.UtcDateTime);
        return true;
    }

    /// <summary>Parses a point in time. A date without a time is midnight; without a time zone, UTC is assumed.</summary>
    internal static bool TryParseTime(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(text, IsoTimes, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time)
        || DateTimeOffset.TryParseExact(text, Iso, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time)
        || DateTimeOffset.TryParseExact(
            text,
            WithMonthName,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowInnerWhite,
            out time
        );
}
