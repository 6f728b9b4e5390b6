using System.Globalization;
using System.Text;
using EmbeddedMongo.Errors;

namespace EmbeddedMongo.Expressions.Dates;

/// <summary>The formats of $dateToString (manual: "Format Specifiers").</summary>
internal static class DateFormatter
{
    public const string Iso = "%Y-%m-%dT%H:%M:%S.%L";

    public static readonly string[] MonthNames = CultureInfo.InvariantCulture.DateTimeFormat.MonthNames[..12];

    private const string Specifiers = "dGHjLmMSuUVwYzZbB%";

    /// <summary>Validates the specifiers (error 18535 for a lone % at the end, 18536 for an unknown specifier).</summary>
    public static void Validate(string format)
    {
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
                continue;
            if (++i == format.Length)
                throw MongoErrorException.Location(18535, "Unmatched '%' at end of format string");
            if (!Specifiers.Contains(format[i], StringComparison.Ordinal))
                throw MongoErrorException.Location(18536, $"Invalid format character '%{format[i]}' in format string");
        }
    }

    public static string Format(long utcMillis, string format, Zone zone)
    {
        var time = zone.ToLocal(utcMillis);
        var minutes = zone.OffsetAt(utcMillis) / 60_000;
        var text = new StringBuilder(format.Length + 16);
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                text.Append(format[i]);
                continue;
            }
            switch (format[++i])
            {
                case 'Y':
                    Pad(text, Year(time.Year), 4);
                    break;
                case 'G':
                    Pad(text, Year(time.IsoYear), 4);
                    break;
                case 'm':
                    Pad(text, time.Month, 2);
                    break;
                case 'd':
                    Pad(text, time.Day, 2);
                    break;
                case 'H':
                    Pad(text, time.Hour, 2);
                    break;
                case 'M':
                    Pad(text, time.Minute, 2);
                    break;
                case 'S':
                    Pad(text, time.Second, 2);
                    break;
                case 'L':
                    Pad(text, time.Millisecond, 3);
                    break;
                case 'j':
                    Pad(text, time.DayOfYear, 3);
                    break;
                case 'w':
                    Pad(text, time.DayOfWeek, 1);
                    break;
                case 'u':
                    Pad(text, time.IsoDayOfWeek, 1);
                    break;
                case 'U':
                    Pad(text, time.Week, 2);
                    break;
                case 'V':
                    Pad(text, time.IsoWeek, 2);
                    break;
                case 'b':
                    text.Append(MonthNames[time.Month - 1], 0, 3);
                    break;
                case 'B':
                    text.Append(MonthNames[time.Month - 1]);
                    break;
                case 'z':
                    text.Append(minutes < 0 ? '-' : '+');
                    Pad(text, Math.Abs(minutes) / 60, 2);
                    Pad(text, Math.Abs(minutes) % 60, 2);
                    break;
                case 'Z':
                    text.Append(minutes);
                    break;
                default:
                    text.Append('%');
                    break;
            }
        }
        return text.ToString();
    }

    private static long Year(long year) =>
        year is >= 0 and <= 9999
            ? year
            : throw MongoErrorException.Location(
                18537,
                $"Could not convert date to string: date component was outside the supported range of 0-9999: {year}"
            );

    private static void Pad(StringBuilder text, long value, int width) =>
        text.Append(value.ToString(CultureInfo.InvariantCulture).PadLeft(width, '0'));
}
