using System.Globalization;
using System.Text.RegularExpressions;

namespace EmbeddedMongo.Expressions.Dates;

/// <summary>
/// Parses dates for $dateFromString and $toDate without a format. MongoDB accepts dozens of notations here. This parser accepts
/// ISO 8601 (calendar, week and ordinal dates, any fraction, offsets and zone names) and English month names; others are error 241.
/// </summary>
internal static partial class FreeDateParser
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    /// <summary>Parses a date. Fails if both the text and <paramref name="zone"/> specify a zone.</summary>
    public static bool TryParse(string text, Zone? zone, out long utcMillis, out string problem)
    {
        utcMillis = 0;
        problem = "";
        var match = Iso().Match(text);
        if (!match.Success)
            match = English().Match(text);
        if (!match.Success)
        {
            problem = "unexpected character or incomplete date/time string";
            return false;
        }
        if (!TryDays(match, out var days))
        {
            problem = "the parsed date was invalid";
            return false;
        }
        var (hour, minute, second) = (Number(match, "hour", 0), Number(match, "minute", 0), Number(match, "second", 0));
        if (hour > 24 || minute > 59 || second > 59 || (hour == 24 && minute + second > 0))
        {
            problem = "unexpected character: the time is out of range";
            return false;
        }
        var fraction = match.Groups["fraction"].Value;
        var millis = fraction.Length == 0 ? 0 : int.Parse(fraction.PadRight(3, '0').AsSpan(0, 3), CultureInfo.InvariantCulture);
        var local = days * CivilTime.MillisPerDay + ((hour * 60L + minute) * 60 + second) * 1000 + millis;
        var effectiveZone = zone ?? Zone.Utc;
        if (match.Groups["zone"] is { Length: > 0 } named)
        {
            if (zone is not null)
            {
                problem =
                    "you cannot pass in a date/time string with time zone information ('"
                    + named.Value
                    + "') together with a timezone argument";
                return false;
            }
            if (!Zone.TryFind(named.Value.Trim(), out var found))
            {
                problem = $"the timezone '{named.Value}' could not be found in the database";
                return false;
            }
            effectiveZone = found;
        }
        utcMillis = effectiveZone.ToUtc(local);
        return true;
    }

    private static bool TryDays(Match match, out long days)
    {
        days = 0;
        var year = Number(match, "year", 0);
        if (match.Groups["week"].Success)
        {
            var (week, weekday) = (Number(match, "week", 1), Number(match, "weekday", 1));
            days = CivilTime.IsoYearStart(year) + (week - 1) * 7 + weekday - 1;
            return week is >= 1 and <= 53 && weekday is >= 1 and <= 7;
        }
        if (match.Groups["ordinal"].Success)
        {
            var ordinal = Number(match, "ordinal", 1);
            days = CivilTime.DaysOf(year, 1, 1) + ordinal - 1;
            return ordinal is >= 1 and <= 366;
        }
        var month = match.Groups["name"].Success
            ? Array.IndexOf(Months, match.Groups["name"].Value[..3].ToLowerInvariant()) + 1
            : Number(match, "month", 1);
        var day = Number(match, "day", 1);
        if (month is < 1 or > 12 || day < 1 || day > CivilTime.DaysInMonth(year, month))
            return false;
        days = CivilTime.DaysOf(year, month, day);
        return true;
    }

    private static int Number(Match match, string group, int absent) =>
        match.Groups[group] is { Length: > 0 } found ? int.Parse(found.ValueSpan, CultureInfo.InvariantCulture) : absent;

    private const string Time =
        @"(?:(?:[Tt]|\s+)(?<hour>\d{1,2}):?(?<minute>\d{2})(?::?(?<second>\d{2})(?:[.,](?<fraction>\d{1,9}))?)?)?\s*(?<zone>[Zz]|[+-]\d{2}(?::?\d{2})?|[A-Za-z]{2,}(?:/[A-Za-z_]+)*)?$";

    [GeneratedRegex(
        @"^\s*(?<year>\d{4})(?:-?W(?<week>\d{2})(?:-?(?<weekday>\d))?|[-/](?<month>\d{1,2})[-/](?<day>\d{1,2})|(?<month>\d{2})(?<day>\d{2})|-?(?<ordinal>\d{3})(?!\d))"
            + Time,
        RegexOptions.CultureInvariant,
        200
    )]
    private static partial Regex Iso();

    [GeneratedRegex(
        @"^\s*(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)?(?:(?<day>\d{1,2})(?:st|nd|rd|th)?[\s-]+(?<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?),?[\s-]+(?<year>\d{4})|(?<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?\s+(?<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?<year>\d{4}))"
            + Time,
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase,
        200
    )]
    private static partial Regex English();
}
