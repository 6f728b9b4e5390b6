using MongoDB.Bson;
using MovieLms.Data.Identity;
using MovieLms.Data.Movies;
using MovieLms.Data.Relations;

namespace MovieLms.Data.Images;

/// <summary>The avatar of a user or the poster of a movie. The image itself is a file.</summary>
public sealed record ImageDocument
{
    public ObjectId Id { get; init; }

    /// <summary>The user whose avatar it is; absent for a poster.</summary>
    public ObjectId? UserId { get; init; }

    /// <summary>The movie whose poster it is; absent for an avatar.</summary>
    public ObjectId? MovieId { get; init; }

    /// <summary>The file in GridFS.</summary>
    public ObjectId FileId { get; init; }

    /// <summary>Incremented with every upload.</summary>
    public long Version { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }
    public ObjectId? DeletedBy { get; init; }
    public DateTimeOffset? ArchivedAt { get; init; }
    public ObjectId? ArchivedBy { get; init; }
}

/// <summary>Declares images. An image is deleted, archived and restored with its user or its movie.</summary>
public static class ImageEntity
{
    /// <summary>The entity's name.</summary>
    public const string Name = "image";

    /// <summary>The name of its collection.</summary>
    public const string Collection = "images";

    internal const string UserId = "userId";
    internal const string MovieId = "movieId";
    internal const string FileId = "fileId";

    internal static Entity Declaration { get; } =
        new(Name, Collection, typeof(ImageDocument))
        {
            References = [new(UserId, IdentityEntities.User, OnDelete.Cascade), new(MovieId, MovieEntity.Name, OnDelete.Cascade)],
            Files = [FileId],
        };
}
