using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MovieLms.ApiService.Identity.Codes;

/// <summary>
/// Time-based one-time passwords (RFC 6238, RFC 4226) with HMAC-SHA-1 and steps of 30 s, which every authenticator app supports.
/// </summary>
internal static class Totp
{
    internal const int Digits = 6;

    /// <summary>The length of a SHA-1 hash (RFC 4226, section 4, requirement 6 recommends 160 bits).</summary>
    internal const int SecretBytes = 20;
    private const int StepSeconds = 30;

    /// <summary>Accepted steps before and after the current one: clocks differ and people type slowly (RFC 6238, section 5.2).</summary>
    private const int Tolerance = 1;
    private const string Base32Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    internal static long StepAt(DateTimeOffset time) => time.ToUnixTimeSeconds() / StepSeconds;

    /// <summary>Computes the code of a step.</summary>
    internal static string Code(byte[] secret, long step, int digits = Digits)
    {
        Span<byte> counter = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> mac = stackalloc byte[HMACSHA1.HashSizeInBytes];
        HMACSHA1.HashData(secret, counter, mac);
        // Dynamic truncation (RFC 4226, section 5.3).
        var number = BinaryPrimitives.ReadUInt32BigEndian(mac[(mac[^1] & 0x0f)..]) & 0x7fff_ffff;
        var modulus = (uint)Math.Pow(10, digits);
        return (number % modulus).ToString($"D{digits}", CultureInfo.InvariantCulture);
    }

    /// <summary>Returns the step of a code, or null if no current or adjacent step has this code.</summary>
    internal static long? FindStep(byte[] secret, string code, DateTimeOffset now)
    {
        long? found = null;
        var current = StepAt(now);
        for (var step = current - Tolerance; step <= current + Tolerance; step++)
        {
            if (SecretText.AreEqual(Code(secret, step), code))
                found = step;
        }

        return found;
    }

    /// <summary>Encodes a secret for authenticator apps in Base32 without padding (RFC 4648, section 6).</summary>
    internal static string Base32(byte[] bytes)
    {
        var text = new StringBuilder();
        var (buffer, bits) = (0, 0);
        foreach (var value in bytes)
        {
            buffer = (buffer << 8) | value;
            for (bits += 8; bits >= 5; bits -= 5)
                text.Append(Base32Alphabet[(buffer >> (bits - 5)) & 31]);
            buffer &= (1 << bits) - 1;
        }
        if (bits > 0)
            text.Append(Base32Alphabet[(buffer << (5 - bits)) & 31]);
        return text.ToString();
    }

    /// <summary>Returns the URI for a QR code (Key Uri Format in Google Authenticator's wiki).</summary>
    internal static string Uri(byte[] secret, string account) =>
        $"otpauth://totp/MovieLms:{System.Uri.EscapeDataString(account)}?secret={Base32(secret)}&issuer=MovieLms&algorithm=SHA1&digits={Digits}&period={StepSeconds}";
}
