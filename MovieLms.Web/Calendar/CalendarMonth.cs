using System.Globalization;

namespace MovieLms.Web.Calendar;

/// <summary>A month of the calendar. Weeks begin on Monday.</summary>
/// <param name="First">The first day of the month.</param>
internal sealed record CalendarMonth(DateOnly First)
{
    private const string Format = "yyyy-MM";
    private const int DaysPerWeek = 7;

    /// <summary>The first and the last month that can be shown.</summary>
    private static readonly DateOnly Min = new(1900, 1, 1);
    private static readonly DateOnly Max = new(2199, 12, 1);

    /// <summary>The name for people: November 2026.</summary>
    internal string Name => First.ToString("MMMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>The name in addresses: 2026-11.</summary>
    internal string Value => First.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>The month before; null for the first one.</summary>
    internal CalendarMonth? Previous => First > Min ? new(First.AddMonths(-1)) : null;

    /// <summary>The month after; null for the last one.</summary>
    internal CalendarMonth? Next => First < Max ? new(First.AddMonths(1)) : null;

    /// <summary>The Monday of the month's first week, which may belong to the month before.</summary>
    internal DateOnly Start => First.AddDays(-(((int)First.DayOfWeek + DaysPerWeek - 1) % DaysPerWeek));

    /// <summary>The days of all weeks of the month, from Monday to Sunday.</summary>
    internal IEnumerable<DateOnly> Days
    {
        get
        {
            var last = First.AddMonths(1).AddDays(-1);
            for (var day = Start; day <= last || day.DayOfWeek != DayOfWeek.Monday; day = day.AddDays(1))
                yield return day;
        }
    }

    /// <summary>Returns the month of an address such as 2026-11, or the present one.</summary>
    internal static CalendarMonth Parse(string? text, DateTimeOffset now)
    {
        var isMonth = DateOnly.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var first);
        return isMonth && first >= Min && first <= Max ? new(first) : new(new DateOnly(now.UtcDateTime.Year, now.UtcDateTime.Month, 1));
    }

    internal bool Contains(DateOnly day) => day.Year == First.Year && day.Month == First.Month;
}
