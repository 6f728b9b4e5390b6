using System.Globalization;

namespace MovieLms.Worker.Imports;

/// <summary>The ways in which a file may write a day (docs/imports.md). None leaves open which number is the day, or the century.</summary>
internal static class Dates
{
    internal const string Wanted = "A date such as 1998-06-12 or Jun 12 1998.";

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

    /// <summary>Reads a day.</summary>
    /// <param name="text">Trimmed.</param>
    /// <param name="day">The day.</param>
    /// <param name="hasMonthName">True for the forms with a month's name, whose century may be off (see <c>CenturyRule</c>).</param>
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

    /// <summary>Reads a point in time; a day is its midnight, and what names no time zone is UTC.</summary>
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
