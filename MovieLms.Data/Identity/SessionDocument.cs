using MongoDB.Bson;
using MongoDB.Bson.Serialization.Attributes;

namespace MovieLms.Data.Identity;

/// <summary>A sign-in: the family of refresh tokens that came from one another.</summary>
public sealed record SessionDocument
{
    public ObjectId Id { get; init; }
    public required ObjectId UserId { get; init; }

    /// <summary>How it began: <c>password</c>, or a provider's name.</summary>
    public required string Method { get; init; }

    /// <summary>The generation of the user's tokens it began in; a later generation ends it.</summary>
    public long TokenGeneration { get; init; }

    /// <summary>The browser or program, as it names itself; at most 200 characters.</summary>
    public string? UserAgent { get; init; }

    /// <summary>The address it was last used from.</summary>
    public string? Address { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset LastUsedAt { get; init; }

    /// <summary>When its newest refresh token expires; MongoDB deletes it then.</summary>
    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Set by logout, by ending it from elsewhere, and by a reused refresh token.</summary>
    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>One refresh token, known by its hash only.</summary>
public sealed record RefreshTokenDocument
{
    /// <summary>SHA-256 of the token, in hexadecimal digits.</summary>
    [BsonId]
    public required string Hash { get; init; }

    public required ObjectId SessionId { get; init; }

    /// <summary>When it was exchanged for its successor; a second use after that is a retry or a theft.</summary>
    public DateTimeOffset? UsedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }
}
