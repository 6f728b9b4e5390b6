using MovieLms.Data.Relations;

namespace MovieLms.Data.Movies;

/// <summary>Declares movies. The hidden fields are stored by pipelines for queries and sums, and are never returned.</summary>
public static class MovieEntity
{
    /// <summary>The entity's name.</summary>
    public const string Name = "movie";

    /// <summary>The name of its collection.</summary>
    public const string Collection = "movies";

    internal static Entity Declaration { get; } =
        new(Name, Collection, typeof(MovieDocument))
        {
            Hidden =
            [
                new(MovieFields.TitleKey, typeof(string)),
                new(MovieFields.GenreKey, typeof(string)),
                new(MovieFields.YearKey, typeof(int)),
                new(MovieFields.RatingKey, typeof(double)),
                new(MovieFields.ImportedRating, typeof(double)),
                new(MovieFields.ImportedVotes, typeof(long)),
                new(MovieFields.ReviewTenths, typeof(long)),
                new(MovieFields.ReviewCount, typeof(long)),
                new(MovieFields.Words, typeof(string[])),
                new(MovieFields.DirectorWords, typeof(string[])),
            ],
            UniqueTogether = [MovieFields.Title, MovieFields.ReleaseDate],
        };
}
