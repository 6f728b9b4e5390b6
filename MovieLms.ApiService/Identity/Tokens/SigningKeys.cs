using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using MovieLms.ApiService.Identity.Settings;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.ApiService.Identity.Tokens;

/// <summary>
/// The signing keys of this issuer: the configured ones, or generated ones from the database. A new generated key is published some time
/// before it signs, so every service knows the key of every token.
/// </summary>
internal sealed class SigningKeys(OwnSigningKeys own, IOptions<AuthOptions> options, IOptions<TokenOptions> tokens, TimeProvider time)
    : ITokenKeys,
        IDisposable
{
    private static readonly TimeSpan MinReloadInterval = TimeSpan.FromSeconds(2);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private KeyRing? _ring;

    /// <summary>Returns the key that signs new tokens.</summary>
    internal async ValueTask<SigningKey> GetCurrentAsync(CancellationToken cancellationToken) =>
        (await GetRingAsync(tokens.Value.KeysAge, cancellationToken)).Current;

    /// <summary>Returns all keys that a valid token may refer to.</summary>
    internal async ValueTask<PublishedKeys> GetPublishedAsync(CancellationToken cancellationToken) =>
        new([.. (await GetRingAsync(tokens.Value.KeysAge, cancellationToken)).All.Select(key => key.Publish())]);

    public async ValueTask<SecurityKey?> FindAsync(string keyId, CancellationToken cancellationToken)
    {
        var ring = await GetRingAsync(tokens.Value.KeysAge, cancellationToken);
        if (Find(ring, keyId) is { } known)
            return known;
        // Another replica may have just created it.
        return Find(await GetRingAsync(MinReloadInterval, cancellationToken), keyId);
    }

    public SecurityKey? FindKnown(string keyId) => _ring is { } ring ? Find(ring, keyId) : null;

    private static ECDsaSecurityKey? Find(KeyRing ring, string keyId)
    {
        foreach (var key in ring.All)
        {
            if (key.Id == keyId)
                return key.SecurityKey;
        }

        return null;
    }

    private async ValueTask<KeyRing> GetRingAsync(TimeSpan maxAge, CancellationToken cancellationToken)
    {
        if (_ring is { } ring && (ring.IsFixed || time.GetUtcNow() - ring.ReadAt < maxAge))
            return ring;
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_ring is { } read && (read.IsFixed || time.GetUtcNow() - read.ReadAt < maxAge))
                return read;
            return _ring = options.Value.SigningKeys.Length > 0 ? ReadConfigured() : await own.ReadAsync(_ring, cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    private KeyRing ReadConfigured()
    {
        var keys = options
            .Value.SigningKeys.Select(text =>
                SigningKey.FromPem(text.Contains("-----BEGIN", StringComparison.Ordinal) ? text : File.ReadAllText(text))
            )
            .ToArray();
        return keys[0].CanSign
            ? new KeyRing(keys[0], keys, time.GetUtcNow(), IsFixed: true)
            : throw new InvalidOperationException("The first key of Auth:SigningKeys signs tokens and must be a private key.");
    }

    public void Dispose() => _gate.Dispose();
}

/// <summary>A snapshot of the keys.</summary>
internal sealed record KeyRing(SigningKey Current, IReadOnlyList<SigningKey> All, DateTimeOffset ReadAt, bool IsFixed);
