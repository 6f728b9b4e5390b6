using Microsoft.IdentityModel.Tokens;

namespace MovieLms.ServiceDefaults.Access;

/// <summary>The public keys that access tokens are checked with, by key id (RFC 7517, section 4.5).</summary>
public interface ITokenKeys
{
    /// <summary>The key named <paramref name="keyId"/>; null when the issuer has (or publishes) none of that name.</summary>
    ValueTask<SecurityKey?> FindAsync(string keyId, CancellationToken cancellationToken);
}
