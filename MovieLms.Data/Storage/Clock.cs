namespace MovieLms.Data.Storage;

/// <summary>Now, as a BSON date holds it.</summary>
internal static class Clock
{
    /// <summary>In whole milliseconds: what is returned at once equals what is read later.</summary>
    internal static DateTimeOffset Now(this TimeProvider time) =>
        DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
}
