namespace MovieLms.Client;

/// <summary>The tokens of a session.</summary>
public sealed record MovieLmsTokens(string AccessToken, string RefreshToken, DateTimeOffset ExpiresAt);

/// <summary>Holds the tokens and renews them. Concurrent requests share one renewal.</summary>
public sealed class MovieLmsSession
{
    /// <summary>Renew an access token this long before it expires, so that it does not expire on the way.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(20);
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Func<string, CancellationToken, Task<MovieLmsTokens?>> _refresh;
    private readonly TimeProvider _time;
    private MovieLmsTokens? _tokens;

    internal MovieLmsSession(Func<string, CancellationToken, Task<MovieLmsTokens?>> refresh, TimeProvider time) =>
        (_refresh, _time) = (refresh, time);

    /// <summary>Called with new tokens after a sign-in and after each renewal, and with null when the session ends.</summary>
    public event Action<MovieLmsTokens?>? TokensChanged;

    /// <summary>The tokens; null without a session. Set them to continue a session that was stored.</summary>
    public MovieLmsTokens? Tokens
    {
        get => _tokens;
        set
        {
            _tokens = value;
            TokensChanged?.Invoke(value);
        }
    }

    /// <summary>Returns an access token that is valid for a while, or null without a session.</summary>
    public async Task<string?> GetAccessTokenAsync(CancellationToken cancellationToken = default)
    {
        if (_tokens is { } tokens && tokens.ExpiresAt - Margin < _time.GetUtcNow())
            await RenewAsync(tokens.AccessToken, cancellationToken).ConfigureAwait(false);
        return _tokens?.AccessToken;
    }

    /// <summary>
    /// Renews the tokens, unless another request has already replaced the given access token. Ends the session if it was revoked.
    /// </summary>
    internal async Task RenewAsync(string rejected, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_tokens is not { } old || old.AccessToken != rejected)
                return;
            var renewed = await _refresh(old.RefreshToken, cancellationToken).ConfigureAwait(false);
            // A sign-in or sign-out in the meantime wins.
            if (_tokens == old)
                Tokens = renewed;
        }
        finally
        {
            _turn.Release();
        }
    }
}
