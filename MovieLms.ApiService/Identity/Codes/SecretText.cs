using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MovieLms.ApiService.Identity.Codes;

/// <summary>Secrets that are drawn and handed out once.</summary>
internal static class SecretText
{
    private const int TokenBytes = 32;
    private const int RecoveryGroups = 2;
    private const int RecoveryGroupLength = 5;

    /// <summary>Without the letters and digits that look alike on paper.</summary>
    private const string RecoveryAlphabet = "abcdefghjkmnpqrstuvwxyz23456789";

    /// <summary>256 random bits in base64url.</summary>
    internal static string Token() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));

    /// <summary>Six random digits.</summary>
    internal static string Digits() => RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture);

    /// <summary>Ten characters in two groups: 49 bits.</summary>
    internal static string RecoveryCode() =>
        string.Join(
            '-',
            Enumerable.Range(0, RecoveryGroups).Select(_ => RandomNumberGenerator.GetString(RecoveryAlphabet, RecoveryGroupLength))
        );

    /// <summary>What is stored of a random token.</summary>
    internal static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>Compares in a time that does not depend on where they differ.</summary>
    internal static bool AreEqual(string a, string b) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(a), Encoding.UTF8.GetBytes(b));
}
