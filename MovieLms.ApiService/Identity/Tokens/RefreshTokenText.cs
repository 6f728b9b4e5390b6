using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace MovieLms.ApiService.Identity.Tokens;

/// <summary>Refresh tokens: 256 random bits in base64url. The server stores only their SHA-256.</summary>
internal static class RefreshTokenText
{
    private const int ByteCount = 32;
    private const int Length = 43;

    internal static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(ByteCount));

    /// <summary>Returns true if a text has the form of a refresh token.</summary>
    internal static bool IsWellFormed(string text) => text.Length == Length && Base64Url.IsValid(text);

    /// <summary>Returns the hash to store. The token is random, so a slow hash would add nothing.</summary>
    internal static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(token)));
}
