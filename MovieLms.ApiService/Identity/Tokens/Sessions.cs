using System.Buffers.Text;
using Microsoft.Extensions.Options;
using MongoDB.Bson;
using MovieLms.ApiService.Identity.Audit;
using MovieLms.ApiService.Identity.Settings;
using MovieLms.Data.Identity;

namespace MovieLms.ApiService.Identity.Tokens;

/// <summary>What a client gets at sign-in and at refresh (RFC 6749, section 5.1, in this API's camelCase).</summary>
internal sealed record TokenPair(string AccessToken, string RefreshToken, string TokenType, int ExpiresIn);

/// <summary>Begins sessions and extends them by rotating their refresh tokens (RFC 9700, section 4.14.2).</summary>
internal sealed partial class Sessions(
    SessionStore sessions,
    RefreshTokenStore refreshTokens,
    UserStore users,
    SessionEnder ender,
    AccessTokenIssuer issuer,
    ServerSecrets secrets,
    AuditLog audit,
    IOptions<AuthOptions> options,
    TimeProvider time,
    ILogger<Sessions> logger
)
{
    private const int MaxUserAgentLength = 200;

    /// <summary>Begins a session for an authenticated user.</summary>
    internal async Task<TokenPair> BeginAsync(UserDocument user, string method, HttpContext http, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var session = new SessionDocument
        {
            Id = ObjectId.GenerateNewId(),
            UserId = user.Id,
            Method = method,
            TokenGeneration = user.TokenGeneration,
            UserAgent = Shorten(http.Request.Headers.UserAgent.ToString()),
            Address = http.Connection.RemoteIpAddress?.ToString(),
            CreatedAt = now,
            LastUsedAt = now,
            ExpiresAt = now + options.Value.RefreshTokenLifetime,
        };
        var refreshToken = RefreshTokenText.Create();
        await sessions.AddAsync(session, cancellationToken);
        await refreshTokens.AddAsync(
            new RefreshTokenDocument
            {
                Hash = RefreshTokenText.Hash(refreshToken),
                SessionId = session.Id,
                ExpiresAt = session.ExpiresAt,
            },
            cancellationToken
        );
        return await CreatePairAsync(user, session.Id, refreshToken, cancellationToken);
    }

    /// <summary>Exchanges a refresh token for a new pair.</summary>
    /// <returns>Null if the token is not valid. Reuse of a token also ends its session.</returns>
    internal async Task<TokenPair?> RefreshAsync(string token, HttpContext http, CancellationToken cancellationToken)
    {
        if (!RefreshTokenText.IsWellFormed(token))
            return null;
        var hash = RefreshTokenText.Hash(token);
        if (await refreshTokens.FindAsync(hash, cancellationToken) is not { } presented)
            return null;
        if (await sessions.FindActiveAsync(presented.SessionId, cancellationToken) is not { } session)
            return null;
        if (await users.FindAsync(session.UserId, cancellationToken) is not { ArchivedAt: null } user)
            return null;
        if (user.TokenGeneration != session.TokenGeneration)
            return null;
        var (now, end) = (time.GetUtcNow(), session.CreatedAt + options.Value.MaxSessionLifetime);
        if (now >= end)
            return null;

        var successor = await DeriveSuccessorAsync(token, cancellationToken);
        if (presented.UsedAt is { } usedAt && !await IsRetryAsync(usedAt, successor, cancellationToken))
        {
            LogReuse(logger, session.Id);
            await ender.EndAsync(session.UserId, session.Id);
            await audit.WriteAsync(AuditActions.RefreshReuse, false, session.UserId);
            return null;
        }
        var expiresAt = now + options.Value.RefreshTokenLifetime;
        if (expiresAt > end)
            expiresAt = end;
        // The successor first: after a crash between the two writes, the old token is still valid.
        await refreshTokens.AddAsync(
            new RefreshTokenDocument
            {
                Hash = RefreshTokenText.Hash(successor),
                SessionId = session.Id,
                ExpiresAt = expiresAt,
            },
            cancellationToken
        );
        // Concurrent requests with the same token get the same successor.
        await refreshTokens.TryMarkUsedAsync(hash, CancellationToken.None);
        await sessions.TouchAsync(session.Id, http.Connection.RemoteIpAddress?.ToString(), expiresAt, CancellationToken.None);
        return await CreatePairAsync(user, session.Id, successor, CancellationToken.None);
    }

    /// <summary>Returns the session of a refresh token, or null if the token is not valid.</summary>
    internal async Task<ObjectId?> FindSessionAsync(string token, CancellationToken cancellationToken) =>
        RefreshTokenText.IsWellFormed(token)
            ? (await refreshTokens.FindAsync(RefreshTokenText.Hash(token), cancellationToken))?.SessionId
            : null;

    /// <summary>
    /// Returns true if a used token is a legitimate retry after a lost response: sent soon, and before its successor was used.
    /// </summary>
    private async Task<bool> IsRetryAsync(DateTimeOffset usedAt, string successor, CancellationToken cancellationToken)
    {
        // A use in the future was recorded before the clock was set back, so its age is unknown.
        if ((time.GetUtcNow() - usedAt).Duration() > options.Value.RefreshRetry)
            return false;
        return await refreshTokens.FindAsync(RefreshTokenText.Hash(successor), cancellationToken) is { UsedAt: null };
    }

    /// <summary>Derives the next token from the current one, so a retry gets the same token although it is not stored.</summary>
    private async Task<string> DeriveSuccessorAsync(string token, CancellationToken cancellationToken) =>
        Base64Url.EncodeToString(await secrets.ComputeAsync("refresh-successor", token, cancellationToken));

    private async Task<TokenPair> CreatePairAsync(
        UserDocument user,
        ObjectId sessionId,
        string refreshToken,
        CancellationToken cancellationToken
    )
    {
        var (accessToken, expiresIn) = await issuer.IssueAsync(user, sessionId, cancellationToken);
        return new TokenPair(accessToken, refreshToken, "Bearer", expiresIn);
    }

    private static string? Shorten(string text) => text.Length == 0 ? null : text[..Math.Min(text.Length, MaxUserAgentLength)];

    [LoggerMessage(LogLevel.Warning, "A refresh token of session {SessionId} was reused. The session was ended")]
    private static partial void LogReuse(ILogger logger, ObjectId sessionId);
}
