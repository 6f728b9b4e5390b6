using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Dates;

/// <summary>The unit operand of $dateAdd, $dateSubtract, $dateDiff and $dateTrunc, and of window ranges.</summary>
internal enum TimeUnit
{
    Millisecond,
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

internal static class TimeUnits
{
    /// <summary>Parses a unit's name.</summary>
    /// <param name="unit">The evaluated operand.</param>
    /// <param name="name">The operator's name, for messages.</param>
    /// <param name="notString">The error code if the operand is not a string.</param>
    /// <param name="unknown">The error code if the name is not a unit.</param>
    public static TimeUnit Parse(BsonValue unit, string name, int notString = 5439013, int unknown = 5439014) =>
        unit is not BsonString text
            ? throw MongoErrorException.Location(notString, $"{name} requires 'unit' to be a string, but got {TypeNames.Of(unit)}")
            : text.Value switch
            {
                "millisecond" => TimeUnit.Millisecond,
                "second" => TimeUnit.Second,
                "minute" => TimeUnit.Minute,
                "hour" => TimeUnit.Hour,
                "day" => TimeUnit.Day,
                "week" => TimeUnit.Week,
                "month" => TimeUnit.Month,
                "quarter" => TimeUnit.Quarter,
                "year" => TimeUnit.Year,
                _ => throw MongoErrorException.Location(unknown, $"unknown time unit value: {text.Value}"),
            };

    /// <summary>Returns the milliseconds of a unit of fixed length (up to a week).</summary>
    public static long Millis(TimeUnit unit) =>
        unit switch
        {
            TimeUnit.Millisecond => 1,
            TimeUnit.Second => 1000,
            TimeUnit.Minute => 60_000,
            TimeUnit.Hour => 3_600_000,
            TimeUnit.Day => CivilTime.MillisPerDay,
            TimeUnit.Week => 7 * CivilTime.MillisPerDay,
            _ => throw new ArgumentOutOfRangeException(nameof(unit)),
        };

    /// <summary>Returns the months of a unit of a month or longer.</summary>
    public static int Months(TimeUnit unit) =>
        unit switch
        {
            TimeUnit.Month => 1,
            TimeUnit.Quarter => 3,
            TimeUnit.Year => 12,
            _ => throw new ArgumentOutOfRangeException(nameof(unit)),
        };

    /// <summary>Parses the name of a day of the week, or its first three letters, in any case: 1 (Monday) to 7 (Sunday).</summary>
    public static int? ParseDayOfWeek(string name) =>
        name.ToLowerInvariant() switch
        {
            "mon" or "monday" => 1,
            "tue" or "tuesday" => 2,
            "wed" or "wednesday" => 3,
            "thu" or "thursday" => 4,
            "fri" or "friday" => 5,
            "sat" or "saturday" => 6,
            "sun" or "sunday" => 7,
            _ => null,
        };
}
