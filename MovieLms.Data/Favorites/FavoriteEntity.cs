using MovieLms.Data.Identity;
using MovieLms.Data.Movies;
using MovieLms.Data.Relations;

namespace MovieLms.Data.Favorites;

/// <summary>Declares favorites. A favorite is deleted and restored with its user and its movie.</summary>
public static class FavoriteEntity
{
    public const string Name = "favorite";

    /// <summary>The name of its collection.</summary>
    public const string Collection = "favorites";

    internal static Entity Declaration { get; } =
        new(Name, Collection, typeof(FavoriteDocument))
        {
            References = [new("userId", IdentityEntities.User, OnDelete.Cascade), new("movieId", MovieEntity.Name, OnDelete.Cascade)],
            UniqueTogether = ["userId", "movieId"],
        };
}
