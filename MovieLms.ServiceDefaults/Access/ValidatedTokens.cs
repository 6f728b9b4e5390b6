using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;

namespace MovieLms.ServiceDefaults.Access;

/// <summary>
/// Caches validated tokens by their SHA-256: one ES256 check costs as much as several cached reads. A cached token is validated again after
/// <see cref="TokenOptions.KeysAge"/>, so that it does not outlive its key. Two generations limit the number of entries: the older one is
/// dropped when the newer one is full, and a hit in the older one moves the entry to the newer one.
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

    /// <summary>Returns a cached token that is still valid; otherwise null. Allocates nothing.</summary>
    public AccessToken? Find(ReadOnlySpan<char> token)
    {
        if (!TokenHash.TryCompute(token, out var hash))
            return null;
        if (!_newer.TryGetValue(hash, out var entry))
        {
            if (!_older.TryGetValue(hash, out entry))
                return null;
            Add(hash, entry);
        }
        return time.GetUtcNow() - entry.ValidatedAt < options.Value.KeysAge && IsValid(entry) ? entry.Token : null;
    }

    /// <summary>Validates a token that does not come from a request's header. Uses the cached result if there is one.</summary>
    /// <returns>Null if it is not valid.</returns>
    /// <exception cref="TimeoutException">The revocations could not be read.</exception>
    public async Task<AccessToken?> ValidateAsync(string token, CancellationToken cancellationToken)
    {
        if (Find(token) is { } known)
            return known;
        if (!TokenHash.TryCompute(token, out _))
            return null;
        await PrepareAsync(token, cancellationToken);
        var result = await validator.Handler.ValidateTokenAsync(token, validator.Parameters);
        return
            result.IsValid
            && validator.Accept(new ClaimsPrincipal(result.ClaimsIdentity), (JsonWebToken)result.SecurityToken) is { } valid
            && TryAdd(token, valid)
            ? valid
            : null;
    }

    /// <summary>Loads the data that validating a token requires: the revocations and the token's key.</summary>
    /// <exception cref="TimeoutException">The revocations could not be read.</exception>
    internal async Task PrepareAsync(string token, CancellationToken cancellationToken)
    {
        await feed.WaitUntilReadAsync(cancellationToken);
        await validator.LoadKeyAsync(token, cancellationToken);
    }

    /// <summary>Caches a token whose signature and claims were validated.</summary>
    /// <returns>False if it is revoked or has expired.</returns>
    internal bool TryAdd(string token, AccessToken valid)
    {
        var entry = new Entry(valid, time.GetUtcNow()) { CheckedChangeCount = -1 };
        if (!TokenHash.TryCompute(token, out var hash) || !IsValid(entry))
            return false;
        Add(hash, entry);
        return true;
    }

    private bool IsValid(Entry entry)
    {
        if (time.GetUtcNow() >= entry.Token.ExpiresAt)
            return false;
        var changeCount = revocations.ChangeCount;
        if (entry.CheckedChangeCount == changeCount)
            return !entry.IsRevoked;
        if (revocations.Contains(entry.Token))
            entry.IsRevoked = true;
        entry.CheckedChangeCount = changeCount;
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

        /// <summary><see cref="Revocations.ChangeCount"/> at the last check. A revoked token stays revoked.</summary>
        internal volatile int CheckedChangeCount;
        internal volatile bool IsRevoked;
    }

    /// <summary>A SHA-256 hash as a dictionary key.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TokenHash(ulong A, ulong B, ulong C, ulong D)
    {
        /// <returns>False for text that cannot be a token (RFC 7515, section 7.1: ASCII).</returns>
        internal static bool TryCompute(ReadOnlySpan<char> token, out TokenHash hash)
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
