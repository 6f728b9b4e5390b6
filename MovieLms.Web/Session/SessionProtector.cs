using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.IdentityModel.JsonWebTokens;
using MongoDB.Bson;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.Web.Session;

/// <summary>Encrypts and decrypts the tokens of stored sessions.</summary>
internal sealed class SessionProtector(IDataProtectionProvider protection, IConfiguration configuration, TimeProvider time)
{
    private const string AuthenticationType = "Session";

    /// <summary>How long before its expiry an access token is refreshed.</summary>
    private static readonly TimeSpan RefreshLead = TimeSpan.FromSeconds(30);

    /// <summary>How long a session is stored after its last refresh. Without its refresh token, it is of no use.</summary>
    private readonly TimeSpan _retention = RefreshTokens.GetLifetime(configuration);
    private readonly IDataProtector _protector = protection.CreateProtector("MovieLms.ConsoleSessions.v1");

    /// <summary>Creates the session of a key from the API's tokens.</summary>
    internal VisitorSession Create(string keyHash, SessionTokens tokens)
    {
        var now = time.GetUtcNow();
        var user = ReadUser(tokens.AccessToken);
        var lifetime = TimeSpan.FromSeconds(tokens.ExpiresIn);
        var stored = new ConsoleSessionDocument
        {
            KeyHash = keyHash,
            UserId = ObjectId.Parse(user.Id()),
            ProtectedTokens = _protector.Protect(JsonSerializer.SerializeToUtf8Bytes(tokens)),
            AccessTokenExpiresAt = now + lifetime,
            RefreshAt = now + lifetime - TimeSpan.FromTicks(Math.Min(RefreshLead.Ticks, lifetime.Ticks / 4)),
            CreatedAt = now,
            ExpiresAt = now + _retention,
        };
        return new VisitorSession(stored, tokens, user);
    }

    /// <summary>Decrypts a stored session. Returns null if the key ring has lost its key.</summary>
    internal VisitorSession? Read(ConsoleSessionDocument stored)
    {
        try
        {
            var tokens = JsonSerializer.Deserialize<SessionTokens>(_protector.Unprotect(stored.ProtectedTokens))!;
            return new VisitorSession(stored, tokens, ReadUser(tokens.AccessToken));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Reads the visitor from a token that the API just issued. The services validate it in each request.</summary>
    private static ClaimsPrincipal ReadUser(string accessToken)
    {
        var token = new JsonWebToken(accessToken);
        var claims = new[] { CurrentUser.IdClaim, CurrentUser.NameClaim, CurrentUser.RoleClaim, AccessToken.SessionClaim }
            .Where(name => token.TryGetClaim(name, out _))
            .Select(name => new Claim(name, token.GetClaim(name).Value));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, AuthenticationType, CurrentUser.NameClaim, CurrentUser.RoleClaim));
    }
}
