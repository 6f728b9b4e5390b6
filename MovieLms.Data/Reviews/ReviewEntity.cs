using MovieLms.Data.Identity;
using MovieLms.Data.Movies;
using MovieLms.Data.Relations;

namespace MovieLms.Data.Reviews;

/// <summary>Declares reviews. A review is deleted and restored with its movie and its author.</summary>
public static class ReviewEntity
{
    /// <summary>The entity's name.</summary>
    public const string Name = "review";

    /// <summary>The name of its collection.</summary>
    public const string Collection = "reviews";

    internal static Entity Declaration { get; } =
        new(Name, Collection, typeof(ReviewDocument))
        {
            References =
            [
                new(ReviewFields.MovieId, MovieEntity.Name, OnDelete.Cascade),
                new(ReviewFields.UserId, IdentityEntities.User, OnDelete.Cascade),
            ],
            UniqueTogether = [ReviewFields.MovieId, ReviewFields.UserId],
        };
}
