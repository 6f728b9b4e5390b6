using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Dates;

/// <summary>A time zone operand: an Olson identifier ("Europe/Berlin"), or an offset from UTC ("+05:30", "+0530", "+05").</summary>
internal sealed class Zone
{
    public static readonly Zone Utc = new(null, 0);

    private static readonly ConcurrentDictionary<string, Zone?> Known = new(StringComparer.Ordinal);
    private static readonly long MinMillis = -62_135_596_800_000;
    private static readonly long MaxMillis = 253_402_300_799_999;

    private readonly TimeZoneInfo? _rules;
    private readonly long _offset;

    private Zone(TimeZoneInfo? rules, long offset)
    {
        _rules = rules;
        _offset = offset;
    }

    /// <summary>Returns the zone that an operand names, or null for null. Callers use <see cref="Utc"/> if there is no operand.</summary>
    /// <param name="operand">The evaluated operand.</param>
    /// <param name="notString">The operator's error code if the operand is not a string.</param>
    /// <exception cref="MongoErrorException">40485 if the zone is unknown.</exception>
    public static Zone? Of(BsonValue? operand, int notString = 40517)
    {
        if (operand.IsNullish())
            return null;
        if (operand is not BsonString text)
            throw MongoErrorException.Location(notString, $"timezone must evaluate to a string, found {TypeNames.Of(operand)}");
        return TryFind(text.Value, out var zone)
            ? zone
            : throw MongoErrorException.Location(40485, $"unrecognized time zone identifier: \"{text.Value}\"");
    }

    public static bool TryFind(string name, [NotNullWhen(true)] out Zone? zone)
    {
        if (!Known.TryGetValue(name, out zone))
        {
            zone = Create(name);
            // Only names that exist are cached; other names could use up the memory.
            if (zone is not null && zone._rules is not null)
                Known[name] = zone;
        }
        return zone is not null;
    }

    /// <summary>Returns the milliseconds to add to UTC at an instant.</summary>
    public long OffsetAt(long utcMillis)
    {
        if (_rules is null)
            return _offset;
        var clamped = Math.Clamp(utcMillis, MinMillis, MaxMillis);
        return (long)_rules.GetUtcOffset(DateTime.UnixEpoch.AddMilliseconds(clamped)).TotalMilliseconds;
    }

    public CivilTime ToLocal(long utcMillis) => CivilTime.OfMillis(unchecked(utcMillis + OffsetAt(utcMillis)));

    /// <summary>
    /// Returns the instant of a local time. A time skipped by a clock change moves forward by the gap. A time that occurs twice gets the
    /// offset in effect at the same time of day in UTC.
    /// </summary>
    public long ToUtc(long localMillis)
    {
        var before = OffsetAt(localMillis);
        var after = OffsetAt(localMillis - before);
        return before == after || OffsetAt(localMillis - after) != after ? localMillis - before : localMillis - after;
    }

    private static Zone? Create(string name)
    {
        if (name is "UTC" or "GMT" or "Z" or "z")
            return Utc;
        if (name.Length > 0 && name[0] is '+' or '-')
            return ParseOffset(name);
        // The platform also accepts Windows names, which contain spaces. MongoDB does not.
        if (name.Length is 0 or > 64 || name.Contains(' ', StringComparison.Ordinal) || name.StartsWith('.') || name.StartsWith('/'))
            return null;
        return TimeZoneInfo.TryFindSystemTimeZoneById(name, out var rules) ? new Zone(rules, 0) : null;
    }

    private static Zone? ParseOffset(string text)
    {
        var digits = text.Length switch
        {
            6 when text[3] == ':' => text[1..3] + text[4..],
            5 => text[1..],
            3 => text[1..] + "00",
            _ => "",
        };
        if (digits.Length != 4 || !digits.All(char.IsAsciiDigit))
            return null;
        var minutes = (digits[0] - '0') * 600 + (digits[1] - '0') * 60 + (digits[2] - '0') * 10 + (digits[3] - '0');
        return new Zone(null, (text[0] == '-' ? -minutes : minutes) * 60_000L);
    }
}
