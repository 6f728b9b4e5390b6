using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MovieLms.ApiService.Identity.Codes;

/// <summary>Creates random secrets that are shown once, and hashes and compares them.</summary>
internal static class SecretText
{
    private const int TokenBytes = 32;
    private const int RecoveryGroups = 2;
    private const int RecoveryGroupLength = 5;

    /// <summary>Omits letters and digits that look alike on paper.</summary>
    private const string RecoveryAlphabet = "abcdefghjkmnpqrstuvwxyz23456789";

    /// <summary>Returns 256 random bits in base64url.</summary>
    internal static string Token() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));

    /// <summary>Returns six random digits.</summary>
    internal static string Digits() => RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture);

    /// <summary>Returns ten random characters in two groups: 49 bits.</summary>
    internal static string RecoveryCode() =>
        string.Join(
            '-',
            Enumerable.Range(0, RecoveryGroups).Select(_ => RandomNumberGenerator.GetString(RecoveryAlphabet, RecoveryGroupLength))
        );

    /// <summary>Returns the hash to store of a random token.</summary>
    internal static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>Compares two texts in constant time.</summary>
    internal static bool AreEqual(string a, string b) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(a), Encoding.UTF8.GetBytes(b));
}
