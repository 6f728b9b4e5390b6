using EmbeddedMongo.Errors;

namespace EmbeddedMongo.Expressions.Dates;

/// <summary>Date arithmetic in a time zone: adding units, counting unit boundaries, and truncating to units.</summary>
internal static class DateArithmetic
{
    /// <summary>
    /// Adds an amount of units. Days and longer units move the local date and keep the local time (the day is clamped to the end of a
    /// shorter month). Hours and shorter units are durations.
    /// </summary>
    public static long Add(long millis, TimeUnit unit, long amount, Zone zone)
    {
        try
        {
            checked
            {
                if (unit <= TimeUnit.Hour)
                    return millis + amount * TimeUnits.Millis(unit);
                var local = millis + zone.OffsetAt(millis);
                if (unit is TimeUnit.Day or TimeUnit.Week)
                    return zone.ToUtc(local + amount * TimeUnits.Millis(unit));
                var civil = CivilTime.OfMillis(local);
                var months = civil.Year * 12 + civil.Month - 1 + amount * TimeUnits.Months(unit);
                var year = CivilTime.FloorDiv(months, 12);
                if (Math.Abs(year) > 290_000_000)
                    throw new OverflowException();
                var month = (int)CivilTime.Mod(months, 12) + 1;
                var moved = civil with { Year = year, Month = month, Day = Math.Min(civil.Day, CivilTime.DaysInMonth(year, month)) };
                return zone.ToUtc(moved.ToMillis());
            }
        }
        catch (OverflowException)
        {
            throw MongoErrorException.Location(5166406, "$dateAdd overflowed");
        }
    }

    /// <summary>
    /// Returns the number of unit boundaries between two instants, which is negative if the end is earlier. The start of the week is a
    /// day from 1 (Monday) to 7 (Sunday).
    /// </summary>
    public static long Difference(long start, long end, TimeUnit unit, Zone zone, int startOfWeek)
    {
        if (unit == TimeUnit.Millisecond)
        {
            try
            {
                return checked(end - start);
            }
            catch (OverflowException)
            {
                throw MongoErrorException.Location(5166308, "$dateDiff overflowed");
            }
        }
        var (from, to) = (zone.ToLocal(start), zone.ToLocal(end));
        switch (unit)
        {
            case TimeUnit.Year:
                return to.Year - from.Year;
            case TimeUnit.Quarter:
                return (to.Year * 4 + (to.Month - 1) / 3) - (from.Year * 4 + (from.Month - 1) / 3);
            case TimeUnit.Month:
                return to.Year * 12 + to.Month - (from.Year * 12 + from.Month);
            case TimeUnit.Week:
                // 1970-01-01 was a Thursday (4).
                return CivilTime.FloorDiv(to.Days + 4 - startOfWeek, 7) - CivilTime.FloorDiv(from.Days + 4 - startOfWeek, 7);
            case TimeUnit.Day:
                return to.Days - from.Days;
        }
        var hours = (to.Days - from.Days) * 24 + to.Hour - from.Hour + (zone.OffsetAt(start) - zone.OffsetAt(end)) / 3_600_000;
        var minutes = hours * 60 + to.Minute - from.Minute;
        return unit switch
        {
            TimeUnit.Hour => hours,
            TimeUnit.Minute => minutes,
            _ => minutes * 60 + to.Second - from.Second,
        };
    }

    /// <summary>
    /// Returns the start of the bin of <paramref name="binSize"/> units that contains the instant. Bins start at 2000-01-01 local time.
    /// </summary>
    public static long Truncate(long millis, TimeUnit unit, long binSize, Zone zone, int startOfWeek)
    {
        try
        {
            checked
            {
                var reference = CivilTime.DaysOf(2000, 1, 1);
                if (unit <= TimeUnit.Hour)
                {
                    var bin = binSize * TimeUnits.Millis(unit);
                    var start = zone.ToUtc(reference * CivilTime.MillisPerDay);
                    return start + CivilTime.FloorDiv(millis - start, bin) * bin;
                }
                var civil = zone.ToLocal(millis);
                if (unit is TimeUnit.Day or TimeUnit.Week)
                {
                    // 2000-01-01 was a Saturday (6); weeks are counted from the first start of a week on or after it.
                    var start = unit == TimeUnit.Day ? reference : reference + CivilTime.Mod(startOfWeek - 6, 7);
                    var days = binSize * (unit == TimeUnit.Day ? 1 : 7);
                    return zone.ToUtc((start + CivilTime.FloorDiv(civil.Days - start, days) * days) * CivilTime.MillisPerDay);
                }
                var size = binSize * TimeUnits.Months(unit);
                var months = CivilTime.FloorDiv((civil.Year - 2000) * 12 + civil.Month - 1, size) * size;
                return zone.ToUtc(CivilTime.DaysOf(2000, months + 1, 1) * CivilTime.MillisPerDay);
            }
        }
        catch (OverflowException)
        {
            throw MongoErrorException.Location(5439000, "$dateTrunc overflowed");
        }
    }
}
