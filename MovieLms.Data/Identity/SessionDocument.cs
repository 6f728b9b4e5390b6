using MongoDB.Bson;
using MongoDB.Bson.Serialization.Attributes;

namespace MovieLms.Data.Identity;

/// <summary>A sign-in session: a family of refresh tokens, each exchanged for the next.</summary>
public sealed record SessionDocument
{
    public ObjectId Id { get; init; }
    public required ObjectId UserId { get; init; }

    /// <summary>How the user signed in: <c>password</c>, or a provider's name.</summary>
    public required string Method { get; init; }

    /// <summary>The user's token generation at sign-in. A later generation ends the session.</summary>
    public long TokenGeneration { get; init; }

    /// <summary>The browser or program as it identifies itself, up to 200 characters.</summary>
    public string? UserAgent { get; init; }

    /// <summary>The client address of its last use.</summary>
    public string? Address { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset LastUsedAt { get; init; }

    /// <summary>When the newest refresh token expires. MongoDB then deletes the session.</summary>
    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Set by signing out, by ending the session from another one, and by a reused refresh token.</summary>
    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>A refresh token. Only its hash is stored.</summary>
public sealed record RefreshTokenDocument
{
    /// <summary>SHA-256 hash of the token in hexadecimal.</summary>
    [BsonId]
    public required string Hash { get; init; }

    public required ObjectId SessionId { get; init; }

    /// <summary>When it was exchanged for its successor. A later use is a retry or a theft.</summary>
    public DateTimeOffset? UsedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }
}
