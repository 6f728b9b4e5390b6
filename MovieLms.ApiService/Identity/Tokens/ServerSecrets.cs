using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using MovieLms.Data.Identity;

namespace MovieLms.ApiService.Identity.Tokens;

/// <summary>
/// A key of the server's own for what must be derived or compared and never stored as it is: a refresh token's successor,
/// the hash of a six-digit code (which without a key could be looked up in a table of a million).
/// </summary>
internal sealed class ServerSecrets(ServerSecretStore store, IDataProtectionProvider protection) : IDisposable
{
    private const string Name = "identity-hmac";
    private const int KeyBytes = 32;
    private readonly IDataProtector _protector = protection.CreateProtector("MovieLms.ServerSecrets.v1");
    private readonly SemaphoreSlim _gate = new(1, 1);
    private byte[]? _key;

    /// <summary>HMAC-SHA-256 of a text for one purpose; other purposes give unrelated values.</summary>
    internal async ValueTask<byte[]> ComputeAsync(string purpose, string text, CancellationToken cancellationToken) =>
        HMACSHA256.HashData(await KeyAsync(cancellationToken), Encoding.UTF8.GetBytes($"{purpose}\0{text}"));

    private async ValueTask<byte[]> KeyAsync(CancellationToken cancellationToken)
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
            return _key ??= Open(stored);
        }
        finally
        {
            _gate.Release();
        }
    }

    private byte[] Open(string stored)
    {
        try
        {
            return _protector.Unprotect(Convert.FromBase64String(stored));
        }
        catch (CryptographicException e)
        {
            throw new InvalidOperationException(
                $"The server's secret cannot be decrypted: Data Protection's keys were lost. Bring them back, or delete the document '{Name}' of the collection serverSecrets (everybody then signs in again).",
                e
            );
        }
    }

    public void Dispose() => _gate.Dispose();
}
