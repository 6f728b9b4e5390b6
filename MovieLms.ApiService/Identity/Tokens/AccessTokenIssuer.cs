using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using MongoDB.Bson;
using MovieLms.ApiService.Identity.Settings;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.ApiService.Identity.Tokens;

/// <summary>Issues access tokens: JWTs signed with ES256 (RFC 7519, RFC 7518 section 3.4, RFC 9068).</summary>
internal sealed class AccessTokenIssuer(SigningKeys keys, IOptions<TokenOptions> tokens, IOptions<AuthOptions> options, TimeProvider time)
{
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };

    /// <summary>Issues a token for a user's session and returns it with its lifetime in seconds.</summary>
    internal async Task<(string Token, int ExpiresIn)> IssueAsync(
        UserDocument user,
        ObjectId sessionId,
        CancellationToken cancellationToken
    )
    {
        var key = await keys.GetCurrentAsync(cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        var lifetime = options.Value.AccessTokenLifetime;
        var token = _handler.CreateToken(
            new SecurityTokenDescriptor
            {
                TokenType = AccessToken.Type,
                Issuer = tokens.Value.Issuer,
                Audience = tokens.Value.Audience,
                IssuedAt = now,
                NotBefore = now,
                Expires = now + lifetime,
                Claims = new Dictionary<string, object>
                {
                    [CurrentUser.IdClaim] = user.Id.ToString(),
                    [JwtRegisteredClaimNames.Jti] = Guid.NewGuid().ToString("N"),
                    [AccessToken.SessionClaim] = sessionId.ToString(),
                    [AccessToken.GenerationClaim] = user.TokenGeneration,
                    [CurrentUser.RoleClaim] = user.Role,
                    [CurrentUser.NameClaim] = user.Username,
                },
                SigningCredentials = new SigningCredentials(key.SecurityKey, SecurityAlgorithms.EcdsaSha256),
            }
        );
        return (token, (int)lifetime.TotalSeconds);
    }
}
