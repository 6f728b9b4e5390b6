namespace MovieLms.Data.Storage;

/// <summary>The current time in the precision of a BSON date.</summary>
internal static class Clock
{
    /// <summary>Returns the current time in whole milliseconds, so that a returned value equals the stored one.</summary>
    internal static DateTimeOffset Now(this TimeProvider time) =>
        DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
}
