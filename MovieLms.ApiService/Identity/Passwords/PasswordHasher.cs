using System.Text;
using Microsoft.Extensions.Options;
using MovieLms.ApiService.Identity.Settings;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Identity.Passwords;

/// <summary>
/// BCrypt in its enhanced mode: the password is hashed with SHA-384 first, so that all of it counts and not its first 72
/// bytes. Hashing is slow by design: only a few run at once and the rest queue, or sign-ins would starve everything else.
/// </summary>
internal sealed class PasswordHasher : IDisposable
{
    private readonly AuthOptions _options;
    private readonly SemaphoreSlim _turns;
    private readonly Lazy<string> _nobodysHash;
    private int _waiting;
    private long _computed;

    public PasswordHasher(IOptions<AuthOptions> options)
    {
        _options = options.Value;
        _turns = new SemaphoreSlim(_options.ConcurrentHashes > 0 ? _options.ConcurrentHashes : Math.Max(1, Environment.ProcessorCount / 2));
        _nobodysHash = new Lazy<string>(() => BCrypt.Net.BCrypt.EnhancedHashPassword(Guid.NewGuid().ToString(), _options.BcryptCost));
    }

    /// <summary>How many hashes were computed so far: by it a test sees that two answers cost the same work.</summary>
    internal long Computed => Interlocked.Read(ref _computed);

    /// <summary>The hash to store.</summary>
    /// <exception cref="BusyException">Too many wait already.</exception>
    internal Task<string> HashAsync(string password, CancellationToken cancellationToken) =>
        InTurnAsync(() => BCrypt.Net.BCrypt.EnhancedHashPassword(Normalized(password), _options.BcryptCost), cancellationToken);

    /// <summary>Compares a password with a stored hash; without one it works as long and says no.</summary>
    /// <exception cref="BusyException">Too many wait already.</exception>
    internal Task<bool> VerifyAsync(string password, string? hash, CancellationToken cancellationToken) =>
        InTurnAsync(
            () =>
            {
                var isRight = BCrypt.Net.BCrypt.EnhancedVerify(Normalized(password), hash ?? _nobodysHash.Value);
                return isRight && hash is not null;
            },
            cancellationToken
        );

    /// <summary>True for a hash of a lower cost than is configured now.</summary>
    internal bool NeedsRehash(string hash) => BCrypt.Net.BCrypt.PasswordNeedsRehash(hash, _options.BcryptCost);

    /// <summary>The same characters typed on another system must be the same password (NIST SP 800-63B, section 3.1.1.2).</summary>
    /// <remarks>Normalization throws at U+FFFE, which is not a character.</remarks>
    internal static string Normalized(string password) => password.Replace('\ufffe', '\uffff').Normalize(NormalizationForm.FormKC);

    private async Task<T> InTurnAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _waiting) > _options.QueuedHashes)
        {
            Interlocked.Decrement(ref _waiting);
            throw new BusyException("Too many sign-ins are under way");
        }
        try
        {
            await _turns.WaitAsync(cancellationToken);
            try
            {
                Interlocked.Increment(ref _computed);
                return await Task.Run(work, cancellationToken);
            }
            finally
            {
                _turns.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public void Dispose() => _turns.Dispose();
}
