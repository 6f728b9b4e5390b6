using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Favorites;

/// <summary>The favourite among the entities: a junction of user and film that goes with either.</summary>
internal static class FavoriteEntity
{
    internal static Entity Declaration { get; } =
        new("favorite", CollectionNames.Favorites, typeof(FavoriteDocument))
        {
            References = [new("userId", "user", OnDelete.Cascade), new("movieId", "movie", OnDelete.Cascade)],
            UniqueTogether = ["userId", "movieId"],
        };
}
