using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using MovieLms.Data.Identity;

namespace MovieLms.ApiService.Identity.Tokens;

/// <summary>
/// Computes keyed hashes with a secret of the server: for values that are derived, such as the successor of a refresh token, and for
/// short codes, whose unkeyed hashes could be looked up in a table of a million entries.
/// </summary>
internal sealed class ServerSecrets(ServerSecretStore store, IDataProtectionProvider protection) : IDisposable
{
    private const string Name = "identity-hmac";
    private const int KeyBytes = 32;
    private readonly IDataProtector _protector = protection.CreateProtector("MovieLms.ServerSecrets.v1");
    private readonly SemaphoreSlim _gate = new(1, 1);
    private byte[]? _key;

    /// <summary>Computes the HMAC-SHA-256 of a text for a purpose. Different purposes give unrelated values.</summary>
    internal async ValueTask<byte[]> ComputeAsync(string purpose, string text, CancellationToken cancellationToken) =>
        HMACSHA256.HashData(await GetKeyAsync(cancellationToken), Encoding.UTF8.GetBytes($"{purpose}\0{text}"));

    private async ValueTask<byte[]> GetKeyAsync(CancellationToken cancellationToken)
    {
        if (_key is { } key)
            return key;
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var stored = await store.GetOrAddAsync(
                Name,
                () => Convert.ToBase64String(_protector.Protect(RandomNumberGenerator.GetBytes(KeyBytes))),
                cancellationToken
            );
            return _key ??= Decrypt(stored);
        }
        finally
        {
            _gate.Release();
        }
    }

    private byte[] Decrypt(string stored)
    {
        try
        {
            return _protector.Unprotect(Convert.FromBase64String(stored));
        }
        catch (CryptographicException e)
        {
            throw new InvalidOperationException(
                $"The server's secret cannot be decrypted because Data Protection's keys were lost. Restore the keys, or delete the document '{Name}' of the collection serverSecrets; all users must then sign in again.",
                e
            );
        }
    }

    public void Dispose() => _gate.Dispose();
}
