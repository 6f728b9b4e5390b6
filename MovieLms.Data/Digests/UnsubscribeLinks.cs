using System.Buffers.Text;
using System.Security.Cryptography;
using MongoDB.Bson;
using MovieLms.Data.Identity;

namespace MovieLms.Data.Digests;

/// <summary>
/// Signs the links that unsubscribe from the weekly digest without sign-in (RFC 8058). A token is a user's ID and its HMAC-SHA-256. The key
/// is stored unencrypted, because it can only be used to unsubscribe users. Links do not expire, because users keep old mail.
/// </summary>
public sealed class UnsubscribeLinks(ServerSecretStore secrets)
{
    private const string Secret = "digest-unsubscribe";
    private const int IdLength = 12;
    private const int HashLength = 16;
    private byte[]? _key;

    /// <summary>Creates the token of a user's link: 38 letters, digits, hyphens and underscores.</summary>
    public async Task<string> SignAsync(ObjectId userId, CancellationToken cancellationToken)
    {
        var id = userId.ToByteArray();
        return Base64Url.EncodeToString([.. id, .. Hash(await GetKeyAsync(cancellationToken), id)]);
    }

    /// <summary>Returns the user of a link's token; null when the signature is not valid.</summary>
    public async Task<ObjectId?> VerifyAsync(string token, CancellationToken cancellationToken)
    {
        if (!Base64Url.IsValid(token, out var length) || length != IdLength + HashLength)
            return null;
        var bytes = Base64Url.DecodeFromChars(token);
        var id = bytes[..IdLength];
        return CryptographicOperations.FixedTimeEquals(Hash(await GetKeyAsync(cancellationToken), id), bytes.AsSpan(IdLength))
            ? new ObjectId(id)
            : null;
    }

    private async Task<byte[]> GetKeyAsync(CancellationToken cancellationToken) =>
        _key ??= Convert.FromBase64String(
            await secrets.GetOrAddAsync(Secret, () => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)), cancellationToken)
        );

    private static byte[] Hash(byte[] key, byte[] id) => HMACSHA256.HashData(key, id)[..HashLength];
}
