using MongoDB.Bson;
using MongoDB.Bson.Serialization.Attributes;

namespace MovieLms.Data.Identity;

/// <summary>A browser's session with the console. The browser has the key in a cookie; only the hash of the key is stored.</summary>
public sealed record ConsoleSessionDocument
{
    /// <summary>SHA-256 hash of the key in hexadecimal.</summary>
    [BsonId]
    public required string KeyHash { get; init; }

    public required ObjectId UserId { get; init; }

    /// <summary>The access token and the refresh token, encrypted by Data Protection.</summary>
    public required byte[] ProtectedTokens { get; init; }

    public required DateTimeOffset AccessTokenExpiresAt { get; init; }

    /// <summary>When the tokens are due to be refreshed, shortly before the access token expires.</summary>
    public required DateTimeOffset RefreshAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When MongoDB deletes the session.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The request that refreshes the tokens.</summary>
    public string? Refresher { get; init; }

    /// <summary>When another request may refresh the tokens.</summary>
    public DateTimeOffset? RefresherUntil { get; init; }
}
