using MovieLms.Data.Movies;

namespace MovieLms.Data.Analytics;

/// <summary>A genre of the catalog.</summary>
/// <param name="Name">The genre as it is written; one of the spellings if they differ in case or accents.</param>
/// <param name="Movies">The number of movies that the filter <c>genre</c> of the movie list finds.</param>
public sealed record Genre(string Name, int Movies);

/// <summary>The genres of the catalog, by name.</summary>
internal static class Genres
{
    internal static readonly ExplainedPipeline Pipeline = new(
        MovieEntity.Collection,
        [
            new("Leaves out deleted movies and movies without a genre.", """{ $match: { deletedAt: null, genreKey: { $gt: "" } } }"""),
            new(
                "Counts the movies of each genre. The key ignores case and accents, so different spellings are one genre.",
                """{ $group: { _id: "$genreKey", name: { $min: "$genre" }, movies: { $sum: 1 } } }"""
            ),
            new("Sorts the genres by name.", """{ $sort: { _id: 1 } }"""),
            new("Bounds the answer.", """{ $limit: 1000 }"""),
            new("Keeps the name as it is written, without the key.", """{ $project: { _id: 0, name: 1, movies: 1 } }"""),
        ]
    );
}
