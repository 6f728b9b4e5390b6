using MovieLms.Data.Identity;
using MovieLms.Data.Movies;
using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Favorites;

/// <summary>The favourite among the entities: a junction of user and film that goes with either.</summary>
public static class FavoriteEntity
{
    /// <summary>The entity's name.</summary>
    public const string Name = "favorite";

    internal static Entity Declaration { get; } =
        new(Name, CollectionNames.Favorites, typeof(FavoriteDocument))
        {
            References = [new("userId", IdentityEntities.User, OnDelete.Cascade), new("movieId", MovieEntity.Name, OnDelete.Cascade)],
            UniqueTogether = ["userId", "movieId"],
        };
}
