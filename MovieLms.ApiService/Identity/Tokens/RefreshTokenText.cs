using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace MovieLms.ApiService.Identity.Tokens;

/// <summary>Refresh tokens: 256 random bits in base64url, known to the server by their SHA-256 only.</summary>
internal static class RefreshTokenText
{
    private const int Bytes = 32;
    private const int Characters = 43;

    internal static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>Whether a text can be one at all.</summary>
    internal static bool IsWellFormed(string text) => text.Length == Characters && Base64Url.IsValid(text);

    /// <summary>What is stored of it. It is random already, so that a slow hash would add nothing.</summary>
    internal static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(token)));
}
