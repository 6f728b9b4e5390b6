namespace EmbeddedMongo.Expressions.Dates;

/// <summary>
/// A local date and time in the proleptic Gregorian calendar for any int64 of milliseconds. BSON dates reach far
/// beyond the years 1–9999 of <see cref="DateTime"/>.
/// </summary>
internal readonly record struct CivilTime(long Year, int Month, int Day, int Hour, int Minute, int Second, int Millisecond)
{
    public const long MillisPerDay = 86_400_000;

    /// <summary>Converts local milliseconds since 1970-01-01T00:00.</summary>
    public static CivilTime OfMillis(long millis)
    {
        var days = FloorDiv(millis, MillisPerDay);
        var rest = (int)(millis - days * MillisPerDay);
        var (year, month, day) = OfDays(days);
        return new CivilTime(year, month, day, rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60, rest % 1000);
    }

    public long ToMillis() => DaysOf(Year, Month, Day) * MillisPerDay + ((Hour * 60L + Minute) * 60 + Second) * 1000 + Millisecond;

    public long Days => DaysOf(Year, Month, Day);

    public int DayOfYear => (int)(Days - DaysOf(Year, 1, 1)) + 1;

    /// <summary>1 (Sunday) to 7 (Saturday), as in $dayOfWeek.</summary>
    public int DayOfWeek => (int)Mod(Days + 4, 7) + 1;

    /// <summary>1 (Monday) to 7 (Sunday).</summary>
    public int IsoDayOfWeek => (int)Mod(Days + 3, 7) + 1;

    /// <summary>0 to 53. Weeks start on Sunday, and days before the year's first Sunday are in week 0.</summary>
    public int Week => (DayOfYear + 7 - DayOfWeek) / 7;

    /// <summary>The year of the ISO 8601 week, which is the year of its Thursday.</summary>
    public long IsoYear => OfDays(Days + 4 - IsoDayOfWeek).Year;

    public int IsoWeek
    {
        get
        {
            var thursday = Days + 4 - IsoDayOfWeek;
            return (int)(thursday - DaysOf(OfDays(thursday).Year, 1, 1)) / 7 + 1;
        }
    }

    /// <summary>Returns the days since 1970-01-01. Months outside 1–12 and days outside the month carry over.</summary>
    public static long DaysOf(long year, long month, long day)
    {
        year += FloorDiv(month - 1, 12);
        var m = Mod(month - 1, 12) + 1;
        // Years start in March, so that the leap day is the last day (Hinnant's days_from_civil).
        var y = m <= 2 ? year - 1 : year;
        var era = FloorDiv(y, 400);
        var yearOfEra = y - era * 400;
        var dayOfYear = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + day - 1;
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468;
    }

    /// <summary>Returns the first day of an ISO year's week 1 (a Monday), in days since 1970-01-01.</summary>
    public static long IsoYearStart(long isoYear)
    {
        var fourth = DaysOf(isoYear, 1, 4);
        return fourth - Mod(fourth + 3, 7);
    }

    public static int DaysInMonth(long year, int month) =>
        month switch
        {
            2 => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28,
            4 or 6 or 9 or 11 => 30,
            _ => 31,
        };

    public static long FloorDiv(long a, long b) => a / b - (a % b != 0 && (a % b < 0) != (b < 0) ? 1 : 0);

    public static long Mod(long a, long b) => a - FloorDiv(a, b) * b;

    private static (long Year, int Month, int Day) OfDays(long days)
    {
        var z = days + 719_468;
        var era = FloorDiv(z, 146_097);
        var dayOfEra = z - era * 146_097;
        var yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        var dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        var m = (5 * dayOfYear + 2) / 153;
        var month = (int)(m < 10 ? m + 3 : m - 9);
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, (int)(dayOfYear - (153 * m + 2) / 5 + 1));
    }
}
