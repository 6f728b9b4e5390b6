using System.Globalization;
using System.Security.Cryptography;

namespace MovieLms.Data.Orders;

/// <summary>
/// Order numbers that are easy to read out: the day, and six characters of Crockford's base 32, none of which look alike. Random
/// instead of sequential, so that orders do not wait for one another. The unique index rejects the rare duplicate.
/// </summary>
internal static class OrderNumber
{
    private const string Letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Length = 6;

    internal static string New(DateTimeOffset now) =>
        string.Create(CultureInfo.InvariantCulture, $"MO-{now.UtcDateTime:yyyyMMdd}-{RandomNumberGenerator.GetString(Letters, Length)}");
}
