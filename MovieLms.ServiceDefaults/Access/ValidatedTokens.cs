using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace MovieLms.ServiceDefaults.Access;

/// <summary>
/// Remembers validated tokens by their SHA-256: one ES256 check costs as much as several cached reads. A remembered token is
/// checked in full again before long, so that it does not outlive its key. Bounded by two generations of entries; the older one is dropped
/// when the newer is full, and a hit in it moves up.
/// </summary>
public sealed class ValidatedTokens(
    AccessTokenValidator validator,
    Revocations revocations,
    RevocationFeed feed,
    IOptions<TokenOptions> options,
    TimeProvider time
)
{
    private ConcurrentDictionary<TokenHash, Entry> _newer = new();
    private ConcurrentDictionary<TokenHash, Entry> _older = new();
    private int _newerCount;

    /// <summary>The token when it was validated before and is still good; allocates nothing.</summary>
    public AccessToken? Find(ReadOnlySpan<char> token)
    {
        if (!TokenHash.TryOf(token, out var hash))
            return null;
        if (!_newer.TryGetValue(hash, out var entry))
        {
            if (!_older.TryGetValue(hash, out entry))
                return null;
            Add(hash, entry);
        }
        return time.GetUtcNow() - entry.ValidatedAt < options.Value.KeysAge && IsGood(entry) ? entry.Token : null;
    }

    /// <summary>Gives a remembered token, or checks it in full and remembers it when it is good.</summary>
    /// <returns>Null when it is not.</returns>
    /// <exception cref="TimeoutException">The revocations have not been read yet, and cannot be.</exception>
    public async Task<AccessToken?> ValidateAsync(string token, CancellationToken cancellationToken)
    {
        if (Find(token) is { } known)
            return known;
        if (!TokenHash.TryOf(token, out var hash))
            return null;
        await feed.WaitUntilReadAsync(cancellationToken);
        if (await validator.ValidateAsync(token, cancellationToken) is not { } valid)
            return null;
        var entry = new Entry(valid, time.GetUtcNow()) { CheckedAt = -1 };
        if (!IsGood(entry))
            return null;
        Add(hash, entry);
        return valid;
    }

    private bool IsGood(Entry entry)
    {
        if (time.GetUtcNow() >= entry.Token.ExpiresAt)
            return false;
        var changes = revocations.Changes;
        if (entry.CheckedAt == changes)
            return !entry.IsRevoked;
        if (revocations.Contains(entry.Token))
            entry.IsRevoked = true;
        entry.CheckedAt = changes;
        return !entry.IsRevoked;
    }

    private void Add(TokenHash hash, Entry entry)
    {
        if (!_newer.TryAdd(hash, entry))
        {
            _newer[hash] = entry;
            return;
        }
        if (Interlocked.Increment(ref _newerCount) < options.Value.RememberedTokens)
            return;
        _older = _newer;
        _newer = new ConcurrentDictionary<TokenHash, Entry>();
        Interlocked.Exchange(ref _newerCount, 0);
    }

    private sealed class Entry(AccessToken token, DateTimeOffset validatedAt)
    {
        internal AccessToken Token { get; } = token;
        internal DateTimeOffset ValidatedAt { get; } = validatedAt;

        /// <summary>The state of the revocations that <see cref="IsRevoked"/> was read in; a revoked token stays revoked.</summary>
        internal volatile int CheckedAt;
        internal volatile bool IsRevoked;
    }

    /// <summary>A SHA-256 as a dictionary key.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TokenHash(ulong A, ulong B, ulong C, ulong D)
    {
        /// <returns>False for text that cannot be a token (RFC 7515, section 7.1: ASCII).</returns>
        internal static bool TryOf(ReadOnlySpan<char> token, out TokenHash hash)
        {
            hash = default;
            if (token.Length is 0 or > AccessToken.MaxTextLength)
                return false;
            Span<byte> ascii = stackalloc byte[token.Length];
            if (Ascii.FromUtf16(token, ascii, out var length) != OperationStatus.Done)
                return false;
            Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(ascii[..length], digest);
            hash = MemoryMarshal.Read<TokenHash>(digest);
            return true;
        }

        public override int GetHashCode() => (int)A;
    }
}
