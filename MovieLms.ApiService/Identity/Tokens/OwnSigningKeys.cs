using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using MovieLms.ApiService.Identity.Settings;
using MovieLms.Data.Identity;

namespace MovieLms.ApiService.Identity.Tokens;

/// <summary>
/// Generates the signing keys if none are configured, stores them in the database for all replicas, encrypted with Data Protection, and
/// rotates them.
/// </summary>
internal sealed partial class OwnSigningKeys(
    SigningKeyStore store,
    IDataProtectionProvider protection,
    IOptions<AuthOptions> options,
    TimeProvider time,
    ILogger<OwnSigningKeys> logger
)
{
    /// <summary>Time between publication and first use. Longer than any replica caches the published set.</summary>
    internal static readonly TimeSpan PublicationLead = TimeSpan.FromMinutes(30);
    private readonly IDataProtector _protector = protection.CreateProtector("MovieLms.SigningKeys.v1");

    /// <summary>Reads the current keys. Creates the first key, or the next one when it is due.</summary>
    internal async Task<KeyRing> ReadAsync(KeyRing? known, CancellationToken cancellationToken)
    {
        while (true)
        {
            var now = time.GetUtcNow();
            var stored = await store.ListAsync(cancellationToken);
            var keys = stored.Select(document => (Document: document, Key: Decrypt(document, known))).ToArray();
            var usable = keys.Where(pair => pair.Key is not null).ToArray();
            if (usable.Length > 0 && now - keys[0].Document.CreatedAt < TimeSpan.FromDays(options.Value.KeyLifetimeDays))
            {
                var current = usable.FirstOrDefault(pair => pair.Document.ActiveFrom <= now, usable[^1]).Key!;
                return new KeyRing(current, [.. usable.Select(pair => pair.Key!)], now, IsFixed: false);
            }
            await AddAsync(
                stored.Count == 0 ? 1 : stored[0].Sequence + 1,
                usable.Length == 0 ? now : now + PublicationLead,
                now,
                cancellationToken
            );
        }
    }

    private async Task AddAsync(int sequence, DateTimeOffset activeFrom, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var key = SigningKey.Create();
        var document = new SigningKeyDocument
        {
            KeyId = key.Id,
            Sequence = sequence,
            ProtectedPrivateKey = Convert.ToBase64String(_protector.Protect(key.Key.ExportPkcs8PrivateKey())),
            ActiveFrom = activeFrom,
            CreatedAt = now,
        };
        if (await store.TryAddAsync(document, cancellationToken))
            LogCreated(logger, key.Id, activeFrom);
    }

    private SigningKey? Decrypt(SigningKeyDocument document, KeyRing? known)
    {
        if (known?.All.FirstOrDefault(key => key.Id == document.KeyId) is { } decrypted)
            return decrypted;
        try
        {
            return SigningKey.FromPkcs8(_protector.Unprotect(Convert.FromBase64String(document.ProtectedPrivateKey)));
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            LogUnreadable(logger, document.KeyId);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Information, "Signing key {KeyId} was created and is active from {ActiveFrom}")]
    private static partial void LogCreated(ILogger logger, string keyId, DateTimeOffset activeFrom);

    [LoggerMessage(
        LogLevel.Warning,
        "Signing key {KeyId} cannot be decrypted: Data Protection's keys were lost or belong to another deployment. A new key is created"
    )]
    private static partial void LogUnreadable(ILogger logger, string keyId);
}
