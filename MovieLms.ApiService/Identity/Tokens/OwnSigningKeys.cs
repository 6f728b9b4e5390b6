using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using MovieLms.ApiService.Identity.Settings;
using MovieLms.Data.Identity;

namespace MovieLms.ApiService.Identity.Tokens;

/// <summary>
/// Makes the signing keys where none are configured, keeps them in the database for all replicas, encrypted by Data
/// Protection, and renews them before they are too old.
/// </summary>
internal sealed partial class OwnSigningKeys(
    SigningKeyStore store,
    IDataProtectionProvider protection,
    IOptions<AuthOptions> options,
    TimeProvider time,
    ILogger<OwnSigningKeys> logger
)
{
    /// <summary>Between publication and first use: longer than any replica keeps the published set.</summary>
    internal static readonly TimeSpan Notice = TimeSpan.FromMinutes(30);
    private readonly IDataProtector _protector = protection.CreateProtector("MovieLms.SigningKeys.v1");

    /// <summary>The keys as they stand; makes the first or the next one when it is time.</summary>
    internal async Task<KeyRing> ReadAsync(KeyRing? known, CancellationToken cancellationToken)
    {
        while (true)
        {
            var now = time.GetUtcNow();
            var stored = await store.ListAsync(cancellationToken);
            var keys = stored.Select(document => (Document: document, Key: Open(document, known))).ToArray();
            var usable = keys.Where(pair => pair.Key is not null).ToArray();
            if (usable.Length > 0 && now - keys[0].Document.CreatedAt < TimeSpan.FromDays(options.Value.KeyLifetimeDays))
            {
                var signs = usable.FirstOrDefault(pair => pair.Document.ActiveFrom <= now, usable[^1]).Key!;
                return new KeyRing(signs, [.. usable.Select(pair => pair.Key!)], now, IsFixed: false);
            }
            await AddAsync(stored.Count == 0 ? 1 : stored[0].Sequence + 1, usable.Length == 0 ? now : now + Notice, now, cancellationToken);
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
            LogMade(logger, key.Id, activeFrom);
    }

    private SigningKey? Open(SigningKeyDocument document, KeyRing? known)
    {
        if (known?.All.FirstOrDefault(key => key.Id == document.KeyId) is { } open)
            return open;
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

    [LoggerMessage(LogLevel.Information, "Made the signing key {KeyId}, in use from {ActiveFrom}")]
    private static partial void LogMade(ILogger logger, string keyId, DateTimeOffset activeFrom);

    [LoggerMessage(
        LogLevel.Warning,
        "The signing key {KeyId} cannot be decrypted: Data Protection's keys were lost or are another deployment's. A new one is made"
    )]
    private static partial void LogUnreadable(ILogger logger, string keyId);
}
