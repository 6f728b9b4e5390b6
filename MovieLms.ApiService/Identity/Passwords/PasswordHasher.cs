using System.Text;
using Microsoft.Extensions.Options;
using MovieLms.ApiService.Identity.Settings;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Identity.Passwords;

/// <summary>
/// Hashes passwords with BCrypt in its enhanced mode, which applies SHA-384 first so that the whole password counts, not only its first
/// 72 bytes. Hashing is slow by design: only a few hashes run at once and the rest wait, so that sign-ins do not starve other requests.
/// </summary>
internal sealed class PasswordHasher : IDisposable
{
    private readonly AuthOptions _options;
    private readonly SemaphoreSlim _slots;
    private readonly Lazy<string> _dummyHash;
    private int _waiting;
    private long _hashCount;

    public PasswordHasher(IOptions<AuthOptions> options)
    {
        _options = options.Value;
        _slots = new SemaphoreSlim(_options.ConcurrentHashes > 0 ? _options.ConcurrentHashes : Math.Max(1, Environment.ProcessorCount / 2));
        _dummyHash = new Lazy<string>(() => BCrypt.Net.BCrypt.EnhancedHashPassword(Guid.NewGuid().ToString(), _options.BcryptCost));
    }

    /// <summary>The number of hashes computed so far. Tests use it to check that two responses cost the same work.</summary>
    internal long HashCount => Interlocked.Read(ref _hashCount);

    /// <summary>Computes the hash to store.</summary>
    /// <exception cref="BusyException">Too many hashes are waiting.</exception>
    internal Task<string> HashAsync(string password, CancellationToken cancellationToken) =>
        RunLimitedAsync(() => BCrypt.Net.BCrypt.EnhancedHashPassword(Normalize(password), _options.BcryptCost), cancellationToken);

    /// <summary>Compares a password with a stored hash. Without a hash it takes as long and returns false.</summary>
    /// <exception cref="BusyException">Too many hashes are waiting.</exception>
    internal Task<bool> VerifyAsync(string password, string? hash, CancellationToken cancellationToken) =>
        RunLimitedAsync(
            () =>
            {
                var isMatch = BCrypt.Net.BCrypt.EnhancedVerify(Normalize(password), hash ?? _dummyHash.Value);
                return isMatch && hash is not null;
            },
            cancellationToken
        );

    /// <summary>Returns true if a hash has a lower cost than the configured one.</summary>
    internal bool NeedsRehash(string hash) => BCrypt.Net.BCrypt.PasswordNeedsRehash(hash, _options.BcryptCost);

    /// <summary>
    /// Normalizes a password, so that it is the same on systems that encode its characters differently (NIST SP 800-63B, section 3.1.1.2).
    /// </summary>
    /// <remarks>Replaces U+FFFE, which is not a character and makes normalization throw.</remarks>
    internal static string Normalize(string password) => password.Replace('\ufffe', '\uffff').Normalize(NormalizationForm.FormKC);

    private async Task<T> RunLimitedAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _waiting) > _options.QueuedHashes)
        {
            Interlocked.Decrement(ref _waiting);
            throw new BusyException("Too many sign-ins are in progress");
        }
        try
        {
            await _slots.WaitAsync(cancellationToken);
            try
            {
                Interlocked.Increment(ref _hashCount);
                return await Task.Run(work, cancellationToken);
            }
            finally
            {
                _slots.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public void Dispose() => _slots.Dispose();
}
