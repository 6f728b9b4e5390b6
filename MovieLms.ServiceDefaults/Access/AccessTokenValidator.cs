using System.Globalization;
using System.Security.Claims;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace MovieLms.ServiceDefaults.Access;

/// <summary>
/// Checks an access token as RFC 8725 asks: one algorithm (ES256) and one type whatever the header says, the key by its
/// id, issuer, audience and times.
/// </summary>
public sealed class AccessTokenValidator(ITokenKeys keys, IOptions<TokenOptions> options, TimeProvider time)
{
    /// <summary>How far the clocks of two replicas may be apart for a token that has just been made.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(5);

    private static readonly string[] Algorithms = [SecurityAlgorithms.EcdsaSha256];
    private static readonly string[] Types = [AccessToken.Type];

    /// <summary>What is of no use once it was checked.</summary>
    private static readonly string[] Checked = ["iss", "aud", "exp", "nbf", "iat", "jti", AccessToken.GenerationClaim];
    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = AccessToken.MaxTextLength };

    /// <summary>The token's claims; null when anything about it is not as it must be.</summary>
    public async Task<AccessToken?> ValidateAsync(string token, CancellationToken cancellationToken)
    {
        if (token.Length is 0 or > AccessToken.MaxTextLength || !TryRead(token, out var unverified))
            return null;
        if (unverified.Alg != SecurityAlgorithms.EcdsaSha256 || unverified.Kid is not { Length: > 0 and <= 100 } keyId)
            return null;
        // Extensions that must be understood are none that we understand (RFC 7515, section 4.1.11).
        if (unverified.TryGetHeaderValue<object>("crit", out _))
            return null;
        if (await keys.FindAsync(keyId, cancellationToken) is not { } key)
            return null;
        var result = await _handler.ValidateTokenAsync(token, Parameters(key));
        return result.IsValid ? ToAccessToken(result.ClaimsIdentity, result.SecurityToken) : null;
    }

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

    private TokenValidationParameters Parameters(SecurityKey key) =>
        new()
        {
            ValidAlgorithms = Algorithms,
            ValidTypes = Types,
            ValidIssuer = options.Value.Issuer,
            ValidAudience = options.Value.Audience,
            IssuerSigningKey = key,
            TryAllIssuerSigningKeys = false,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            LifetimeValidator = IsInTime,
            NameClaimType = CurrentUser.NameClaim,
            RoleClaimType = CurrentUser.RoleClaim,
        };

    private bool IsInTime(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters)
    {
        var now = time.GetUtcNow().UtcDateTime;
        // An issuer's key that leaked or a clock that was wrong must not make tokens that last for years.
        var issued = ((JsonWebToken)token).IssuedAt;
        return expires is { } end
            && now < end
            && !(notBefore > now + ClockSkew)
            && issued > DateTime.MinValue
            && issued <= now + ClockSkew
            && end - issued <= options.Value.MaxLifetime + ClockSkew;
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
    /// The claims that say who somebody is, and nothing else: a validated token is remembered by the thousand, and the handler's
    /// own identity holds the whole token, each of its parts twice.
    /// </summary>
    private static ClaimsIdentity Compact(ClaimsIdentity identity) =>
        new(
            identity
                .Claims.Where(claim => !Checked.Contains(claim.Type))
                .Select(claim => new Claim(claim.Type, claim.Value, claim.ValueType)),
            identity.AuthenticationType,
            identity.NameClaimType,
            identity.RoleClaimType
        );
}
