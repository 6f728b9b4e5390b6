namespace MovieLms.Data.Lectures;

/// <summary>
/// The period in which students can mark their attendance of a lecture: from its start until <see cref="HoursAfterEnd"/> hours after its
/// end, so that a student who forgets during the lecture can still do it on the same day.
/// </summary>
/// <param name="From">The start of the lecture.</param>
/// <param name="Until">The last moment; exclusive.</param>
public readonly record struct AttendanceWindow(DateTimeOffset From, DateTimeOffset Until)
{
    /// <summary>The number of hours after the end of a lecture.</summary>
    public const int HoursAfterEnd = 24;

    /// <summary>The duration that a lecture with a start time but without a duration is assumed to have.</summary>
    public const int DefaultDurationMinutes = 60;

    /// <summary>Returns the window of a lecture; null for one without a start time, which can be attended at any time.</summary>
    public static AttendanceWindow? Of(DateTimeOffset? startsAt, int? durationMinutes)
    {
        if (startsAt is not { } start)
            return null;
        var length = TimeSpan.FromMinutes(durationMinutes ?? DefaultDurationMinutes) + TimeSpan.FromHours(HoursAfterEnd);
        // A start in the last days of the year 9999 is valid.
        return new AttendanceWindow(start, DateTimeOffset.MaxValue - start < length ? DateTimeOffset.MaxValue : start + length);
    }
}
