using System.Globalization;
using System.Security.Cryptography;

namespace MovieLms.Data.Orders;

/// <summary>
/// Order numbers that people can read out: the day, and six of thirty-two letters and digits of which none looks like another
/// (Crockford's base 32). Drawn, not counted, so that orders do not wait for one another; the unique index turns the rare
/// repeat away.
/// </summary>
internal static class OrderNumber
{
    private const string Letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Drawn = 6;

    internal static string New(DateTimeOffset now) =>
        string.Create(CultureInfo.InvariantCulture, $"MO-{now.UtcDateTime:yyyyMMdd}-{RandomNumberGenerator.GetString(Letters, Drawn)}");
}
