using System.Globalization;
using System.Security.Claims;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace MovieLms.ServiceDefaults.Access;

/// <summary>
/// Validates access tokens as RFC 8725 requires. Accepts a single algorithm (ES256) and a single type, regardless of the header. Looks up
/// the key by its ID and checks issuer, audience and times.
/// </summary>
public sealed class AccessTokenValidator
{
    /// <summary>The maximum difference between the clocks of two replicas.</summary>
    internal static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(5);

    /// <summary>Claims that are needed only for validation.</summary>
    private static readonly string[] ValidatedClaims = ["iss", "aud", "exp", "nbf", "iat", "jti", AccessToken.GenerationClaim];
    private readonly ITokenKeys _keys;
    private readonly TokenOptions _options;
    private readonly TimeProvider _time;

    public AccessTokenValidator(ITokenKeys keys, IOptions<TokenOptions> options, TimeProvider time)
    {
        (_keys, _options, _time) = (keys, options.Value, time);
        Parameters = new TokenValidationParameters
        {
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            ValidTypes = [AccessToken.Type],
            ValidIssuer = _options.Issuer,
            ValidAudience = _options.Audience,
            IssuerSigningKeyResolver = (_, _, keyId, _) => keyId is not null && keys.FindKnown(keyId) is { } key ? [key] : [],
            TryAllIssuerSigningKeys = false,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            LifetimeValidator = IsInTime,
            NameClaimType = CurrentUser.NameClaim,
            RoleClaimType = CurrentUser.RoleClaim,
        };
    }

    /// <summary>Validates signatures and claims.</summary>
    internal JsonWebTokenHandler Handler { get; } = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = AccessToken.MaxTextLength };

    /// <summary>The parameters for <see cref="Handler"/>. They resolve only keys that <see cref="LoadKeyAsync"/> has loaded.</summary>
    internal TokenValidationParameters Parameters { get; }

    /// <summary>Loads the key that a token names, if the issuer publishes it.</summary>
    internal async Task LoadKeyAsync(string token, CancellationToken cancellationToken)
    {
        if (token.Length > AccessToken.MaxTextLength || !TryRead(token, out var unverified))
            return;
        if (unverified.Kid is { Length: > 0 and <= 100 } keyId)
            await _keys.FindAsync(keyId, cancellationToken);
    }

    /// <summary>Returns the access token if a token validated by the handler passes the remaining checks; otherwise null.</summary>
    internal AccessToken? Accept(ClaimsPrincipal user, JsonWebToken token) =>
        // A token with critical extensions that are not understood must be rejected (RFC 7515, section 4.1.11). None are supported.
        token.TryGetHeaderValue<object>("crit", out _)
            ? null
            : ToAccessToken((ClaimsIdentity)user.Identity!, token);

    private static bool TryRead(string token, out JsonWebToken read)
    {
        try
        {
            read = new JsonWebToken(token);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or SecurityTokenException)
        {
            read = null!;
            return false;
        }
    }

    private bool IsInTime(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        // A leaked key or a wrong clock must not yield tokens that are valid for years.
        var issued = ((JsonWebToken)token).IssuedAt;
        return expires is { } end
            && now < end
            && !(notBefore > now + ClockSkew)
            && issued > DateTime.MinValue
            && issued <= now + ClockSkew
            && end - issued <= _options.MaxLifetime + ClockSkew;
    }

    private static AccessToken? ToAccessToken(ClaimsIdentity identity, SecurityToken token)
    {
        if (identity.FindFirst(CurrentUser.IdClaim)?.Value is not { Length: > 0 } userId)
            return null;
        if (identity.FindFirst(AccessToken.SessionClaim)?.Value is not { Length: > 0 } sessionId)
            return null;
        if (!long.TryParse(identity.FindFirst(AccessToken.GenerationClaim)?.Value, CultureInfo.InvariantCulture, out var generation))
            return null;
        return new AccessToken(
            new ClaimsPrincipal(Compact(identity)),
            userId,
            sessionId,
            token.Id,
            generation,
            new DateTimeOffset(token.ValidTo, TimeSpan.Zero)
        );
    }

    /// <summary>
    /// Returns an identity with only the claims that describe the user. Thousands of tokens are cached, and the handler's identity contains
    /// the whole token twice.
    /// </summary>
    private static ClaimsIdentity Compact(ClaimsIdentity identity) =>
        new(
            identity
                .Claims.Where(claim => !ValidatedClaims.Contains(claim.Type))
                .Select(claim => new Claim(claim.Type, claim.Value, claim.ValueType)),
            identity.AuthenticationType,
            identity.NameClaimType,
            identity.RoleClaimType
        );
}
