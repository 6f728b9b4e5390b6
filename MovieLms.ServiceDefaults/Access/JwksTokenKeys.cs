using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace MovieLms.ServiceDefaults.Access;

/// <summary>
/// The keys that the issuer publishes (RFC 7517), read over service discovery. An unknown key ID causes another read, but at most one
/// every <see cref="MinInterval"/>, so that made-up key IDs cannot overload the issuer.
/// </summary>
internal sealed partial class JwksTokenKeys(
    IHttpClientFactory clients,
    IOptions<TokenOptions> options,
    TimeProvider time,
    ILogger<JwksTokenKeys> logger
) : ITokenKeys, IDisposable
{
    internal const string ClientName = "jwks";
    internal static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(5);

    /// <summary>The maximum time that a request whose key is known waits for newer keys.</summary>
    private static readonly TimeSpan MaxWaitForNewer = TimeSpan.FromSeconds(2);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private FrozenDictionary<string, SecurityKey> _keys = FrozenDictionary<string, SecurityKey>.Empty;
    private DateTimeOffset _readAt = DateTimeOffset.MinValue;
    private DateTimeOffset _triedAt = DateTimeOffset.MinValue;

    public async ValueTask<SecurityKey?> FindAsync(string keyId, CancellationToken cancellationToken)
    {
        if (!_keys.TryGetValue(keyId, out var key))
        {
            await _gate.WaitAsync(cancellationToken);
            await ReadAsync(Timeout.InfiniteTimeSpan, cancellationToken);
        }
        else if (time.GetUtcNow() - _readAt < options.Value.KeysAge)
        {
            return key;
        }
        else if (_gate.Wait(0, CancellationToken.None))
        {
            await ReadAsync(MaxWaitForNewer, cancellationToken);
        }
        return _keys.GetValueOrDefault(keyId);
    }

    public SecurityKey? FindKnown(string keyId) => _keys.GetValueOrDefault(keyId);

    /// <summary>Reads the keys, at most once per <see cref="MinInterval"/>. The caller must hold the gate.</summary>
    private async Task ReadAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        source.CancelAfter(timeout);
        try
        {
            if (time.GetUtcNow() - _triedAt < MinInterval)
                return;
            _triedAt = time.GetUtcNow();
            using var client = clients.CreateClient(ClientName);
            var json = await client.GetStringAsync(options.Value.KeysAddress, source.Token);
            _keys = Parse(json);
            _readAt = _triedAt;
        }
        catch (Exception e)
            when (e is HttpRequestException or TimeoutException or ArgumentException
                || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            // The known keys stay valid, so that users stay signed in while the issuer is unavailable.
            LogReadFailed(logger, options.Value.KeysAddress, e.GetType().Name);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Returns the P-256 keys for signatures; ignores all others.</summary>
    internal static FrozenDictionary<string, SecurityKey> Parse(string json) =>
        new JsonWebKeySet(json)
            .Keys.Where(key =>
                key is { Kty: JsonWebAlgorithmsKeyTypes.EllipticCurve, Crv: JsonWebKeyECTypes.P256, Kid.Length: > 0 }
                && key.Use is null or "sig"
            )
            .DistinctBy(key => key.Kid)
            .ToFrozenDictionary(key => key.Kid, SecurityKey (key) => key);

    public void Dispose() => _gate.Dispose();

    [LoggerMessage(LogLevel.Warning, "Could not read the token keys at {Address} ({Reason}); known keys stay in use")]
    private static partial void LogReadFailed(ILogger logger, string address, string reason);
}
