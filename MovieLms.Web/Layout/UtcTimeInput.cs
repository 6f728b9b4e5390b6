using System.Globalization;

namespace MovieLms.Web.Layout;

/// <summary>
/// The value of an input of type <c>datetime-local</c>, in UTC. A script converts it from and to the visitor's time zone.
/// </summary>
internal static class UtcTimeInput
{
    private const string Minutes = "yyyy-MM-dd'T'HH:mm";
    private static readonly string[] Formats = [Minutes, "yyyy-MM-dd'T'HH:mm:ss"];

    internal static string? Format(DateTimeOffset? time) => time?.UtcDateTime.ToString(Minutes, CultureInfo.InvariantCulture);

    /// <summary>Reads a value, which may be empty. Returns false, and null, if it is not a time.</summary>
    internal static bool TryParse(string? value, out DateTimeOffset? time)
    {
        time = null;
        if (string.IsNullOrWhiteSpace(value))
            return true;
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (!DateTimeOffset.TryParseExact(value, Formats, CultureInfo.InvariantCulture, Utc, out var parsed))
            return false;
        time = parsed;
        return true;
    }
}
