using System.Buffers.Text;
using System.Security.Cryptography;
using MongoDB.Bson;
using MovieLms.Data.Identity;

namespace MovieLms.Data.Digests;

/// <summary>
/// Signs the links that end the weekly digest without a sign-in (RFC 8058): a user's id and a keyed hash (HMAC-SHA-256) of it. The
/// key lies in the database as it is: all that it lets anybody do is to end digests. A link does not expire, since mail is kept.
/// </summary>
public sealed class UnsubscribeLinks(ServerSecretStore secrets)
{
    private const string Secret = "digest-unsubscribe";
    private const int IdLength = 12;
    private const int HashLength = 16;
    private byte[]? _key;

    /// <summary>The token of a user's link: 38 letters, digits, hyphens and underscores.</summary>
    public async Task<string> SignAsync(ObjectId userId, CancellationToken cancellationToken)
    {
        var id = userId.ToByteArray();
        return Base64Url.EncodeToString([.. id, .. Hash(await KeyAsync(cancellationToken), id)]);
    }

    /// <summary>Whose link it is; null when it was not signed here.</summary>
    public async Task<ObjectId?> VerifyAsync(string token, CancellationToken cancellationToken)
    {
        if (!Base64Url.IsValid(token, out var length) || length != IdLength + HashLength)
            return null;
        var bytes = Base64Url.DecodeFromChars(token);
        var id = bytes[..IdLength];
        return CryptographicOperations.FixedTimeEquals(Hash(await KeyAsync(cancellationToken), id), bytes.AsSpan(IdLength))
            ? new ObjectId(id)
            : null;
    }

    private async Task<byte[]> KeyAsync(CancellationToken cancellationToken) =>
        _key ??= Convert.FromBase64String(
            await secrets.GetOrAddAsync(Secret, () => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)), cancellationToken)
        );

    private static byte[] Hash(byte[] key, byte[] id) => HMACSHA256.HashData(key, id)[..HashLength];
}
