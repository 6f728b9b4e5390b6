using System.Globalization;

namespace MovieLms.Reports;

/// <summary>Numbers of things in reports and mail.</summary>
public static class Plural
{
    /// <summary>Returns a number with its noun: 1 row, 1,234 rows.</summary>
    public static string Of(long count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {noun}{(count == 1 ? "" : "s")}");
}
