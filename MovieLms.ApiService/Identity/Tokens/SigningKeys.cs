using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using MovieLms.ApiService.Identity.Settings;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.ApiService.Identity.Tokens;

/// <summary>
/// The keys of this issuer: those of the configuration, or its own from the database. The next own key is published a
/// while before it signs, so that nobody meets a token whose key they cannot know yet.
/// </summary>
internal sealed class SigningKeys(OwnSigningKeys own, IOptions<AuthOptions> options, IOptions<TokenOptions> tokens, TimeProvider time)
    : ITokenKeys,
        IDisposable
{
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(2);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private KeyRing? _ring;

    /// <summary>The key that signs now.</summary>
    internal async ValueTask<SigningKey> CurrentAsync(CancellationToken cancellationToken) =>
        (await RingAsync(tokens.Value.KeysAge, cancellationToken)).Signs;

    /// <summary>All keys that a token which is still good may name.</summary>
    internal async ValueTask<PublishedKeys> PublishedAsync(CancellationToken cancellationToken) =>
        new([.. (await RingAsync(tokens.Value.KeysAge, cancellationToken)).All.Select(key => key.Publish())]);

    public async ValueTask<SecurityKey?> FindAsync(string keyId, CancellationToken cancellationToken)
    {
        var ring = await RingAsync(tokens.Value.KeysAge, cancellationToken);
        if (Find(ring, keyId) is { } known)
            return known;
        // Another replica may have made it a moment ago.
        return Find(await RingAsync(ShortestInterval, cancellationToken), keyId);
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

    private async ValueTask<KeyRing> RingAsync(TimeSpan maximumAge, CancellationToken cancellationToken)
    {
        if (_ring is { } ring && (ring.IsFixed || time.GetUtcNow() - ring.ReadAt < maximumAge))
            return ring;
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_ring is { } read && (read.IsFixed || time.GetUtcNow() - read.ReadAt < maximumAge))
                return read;
            return _ring = options.Value.SigningKeys.Length > 0 ? Configured() : await own.ReadAsync(_ring, cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    private KeyRing Configured()
    {
        var keys = options
            .Value.SigningKeys.Select(text =>
                SigningKey.FromPem(text.Contains("-----BEGIN", StringComparison.Ordinal) ? text : File.ReadAllText(text))
            )
            .ToArray();
        return keys[0].CanSign
            ? new KeyRing(keys[0], keys, time.GetUtcNow(), IsFixed: true)
            : throw new InvalidOperationException("The first key of Auth:SigningKeys signs, and must be a private one.");
    }

    public void Dispose() => _gate.Dispose();
}

/// <summary>The keys at a moment.</summary>
internal sealed record KeyRing(SigningKey Signs, IReadOnlyList<SigningKey> All, DateTimeOffset ReadAt, bool IsFixed);
