using Microsoft.IdentityModel.Tokens;

namespace MovieLms.ServiceDefaults.Access;

/// <summary>The public keys of access tokens, by key ID (RFC 7517, section 4.5).</summary>
public interface ITokenKeys
{
    /// <summary>Returns a key. Reads the issuer's keys if the key is unknown or was read too long ago.</summary>
    /// <returns>Null if the issuer publishes no key with this ID.</returns>
    ValueTask<SecurityKey?> FindAsync(string keyId, CancellationToken cancellationToken);

    /// <summary>Returns a key that was read before; null if there is none.</summary>
    SecurityKey? FindKnown(string keyId);
}
