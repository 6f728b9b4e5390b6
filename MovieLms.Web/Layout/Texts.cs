using System.Globalization;

namespace MovieLms.Web.Layout;

/// <summary>Numbers as visitors read them.</summary>
internal static class Texts
{
    internal static string? Number(int? value) => value?.ToString(CultureInfo.InvariantCulture);

    internal static string? Number(long? value) => value?.ToString(CultureInfo.InvariantCulture);

    /// <summary>Returns a number with separators: 12,345.</summary>
    internal static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Returns a number of things: 1 movie, 2 movies.</summary>
    internal static string Count(long value, string noun) => $"{Count(value)} {noun}{(value == 1 ? "" : "s")}";

    internal static string Rating(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);

    /// <summary>Returns whole US dollars.</summary>
    internal static string Dollars(long value) => "$" + Count(value);

    internal static string Runtime(int minutes) => minutes < 60 ? $"{minutes} min" : $"{minutes / 60} h {minutes % 60:00} min";

    internal static string? Date(DateTimeOffset? value) => value?.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
}
