using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace MovieLms.ApiService.Identity.Tokens;

/// <summary>A P-256 key with the ID that tokens and the published key set use.</summary>
internal sealed record SigningKey(ECDsa Key, string Id, bool CanSign)
{
    /// <summary>The key in the type that signing and validation use.</summary>
    internal ECDsaSecurityKey SecurityKey { get; } = new(Key) { KeyId = Id };

    /// <summary>Reads a private or public key from PEM text.</summary>
    /// <exception cref="InvalidOperationException">The text is not PEM, or the key is not on the curve P-256.</exception>
    internal static SigningKey FromPem(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            // Environment variables often contain line breaks as the two characters "\n".
            key.ImportFromPem(pem.Replace("\\n", "\n", StringComparison.Ordinal));
            return From(key, pem.Contains("PRIVATE KEY", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new InvalidOperationException(
                "A key of Auth:SigningKeys is not an elliptic-curve PEM key. Create one: openssl ecparam -name prime256v1 -genkey -noout",
                e
            );
        }
    }

    /// <summary>Reads a private key in PKCS #8.</summary>
    internal static SigningKey FromPkcs8(byte[] pkcs8)
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(pkcs8, out _);
        return From(key, canSign: true);
    }

    /// <summary>Creates a new key.</summary>
    internal static SigningKey Create() => From(ECDsa.Create(ECCurve.NamedCurves.nistP256), canSign: true);

    /// <summary>Returns the public key (RFC 7517, section 4; RFC 7518, section 6.2.1).</summary>
    internal PublishedKey Publish()
    {
        var point = Key.ExportParameters(includePrivateParameters: false).Q;
        return new PublishedKey(
            "EC",
            "P-256",
            Base64UrlEncoder.Encode(point.X),
            Base64UrlEncoder.Encode(point.Y),
            Id,
            "sig",
            SecurityAlgorithms.EcdsaSha256
        );
    }

    private static SigningKey From(ECDsa key, bool canSign)
    {
        if (key.ExportParameters(false).Curve.Oid.Value != ECCurve.NamedCurves.nistP256.Oid.Value)
            throw new InvalidOperationException("A key of Auth:SigningKeys is not on the curve P-256, which ES256 requires.");
        // RFC 7638: the same key has the same ID everywhere.
        var id = Base64UrlEncoder.Encode(JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new ECDsaSecurityKey(key)).ComputeJwkThumbprint());
        return new SigningKey(key, id, canSign);
    }
}

/// <summary>A public key as it is published.</summary>
internal sealed record PublishedKey(string Kty, string Crv, string X, string Y, string Kid, string Use, string Alg);

/// <summary>The published set (RFC 7517, section 5).</summary>
internal sealed record PublishedKeys(IReadOnlyList<PublishedKey> Keys);
